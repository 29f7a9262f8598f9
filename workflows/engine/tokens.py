"""The tokens of one instance: a flat tree of what is alive, never of what was or may be.

SpiffWorkflow keeps finished tasks and predicts future ones in the same tree; size and time then grow with the age of an
instance and with every fork. Here all live tokens hang below the root of their process. Deeper lie only the runs of a
multi-instance activity, the armed boundary events of an activity and the waiting events of an event gateway.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.dialect.model import Element
from workflows.engine.dialect.specs import Host

READY, STARTED, WAITING = TaskState.READY, TaskState.STARTED, TaskState.WAITING
COMPLETED, CANCELLED = TaskState.COMPLETED, TaskState.CANCELLED
FUTURE = TaskState.FUTURE


class Token(Task):  # type: ignore[misc]  # the library is not typed
    """A task of the library that does not write a log record with its whole surroundings at every step."""

    def _set_state(self, value: int) -> None:
        self._state = value


class NoScripts:
    """Stands where the library keeps its Python engine: nothing from a diagram is ever run as Python."""

    @property
    def environment(self) -> "NoScripts":
        """The library asks its script engine for this; it is as deaf as the engine."""
        return self

    def evaluate(self, *_args: Any, **_options: Any) -> Any:
        """Refuse."""
        raise PermissionError("expressions are evaluated by the engine, never by the library")

    execute = call_service = validate = evaluate


class Workflow(BpmnWorkflow):  # type: ignore[misc]  # the library is not typed
    """The tokens of an instance's own process; ``host`` runs their elements, ``owner`` is None."""

    def __init__(self, specs: Mapping[str, BpmnProcessSpec], key: str, host: Host) -> None:
        super().__init__(specs[key], specs, script_engine=NoScripts(), deserializing=True)
        self.host = host
        self.owner: Token | None = None
        self.task_tree = Token(self, self.spec.start, state=COMPLETED)


class Subworkflow(BpmnSubWorkflow):  # type: ignore[misc]  # the library is not typed
    """The tokens inside a subprocess or called process; ``owner`` is the token of that activity."""

    def __init__(self, owner: Token, key: str) -> None:
        self.owner = owner
        top = owner.workflow.top_workflow
        super().__init__(top.subprocess_specs[key], owner.id, top, deserializing=True)
        self.task_tree = Token(self, self.spec.start, state=COMPLETED)
        top.subprocesses[owner.id] = self

    def _calculate_depth(self) -> int:
        return int(self.owner.workflow.depth) + 1


AnyWorkflow = Workflow | Subworkflow


def element_of(token: Token) -> Element:
    """The element a token stands on."""
    element: Element = token.task_spec.element
    return element


def workflows(top: Workflow) -> list[AnyWorkflow]:
    """The instance's own process and everything running inside it."""
    return [top, *top.subprocesses.values()]


def live(workflow: AnyWorkflow) -> Iterator[Token]:
    """All tokens of one process, without its root."""
    root = workflow.task_tree
    return (token for token in list(workflow.tasks.values()) if token is not root)


def standing(workflow: AnyWorkflow) -> list[Token]:
    """The tokens that stand on elements by themselves: not armed boundaries, not runs of a loop."""
    return list(workflow.task_tree.children)


def is_alive(token: Token) -> bool:
    """Whether the token has neither gone on nor been withdrawn."""
    return token.id in token.workflow.tasks


def place(workflow: AnyWorkflow, name: str, *, parent: Token | None = None, state: int = READY) -> Token:
    """A new token on the spec of that name; below the root unless a parent is given."""
    return Token(workflow, workflow.spec.task_specs[name], parent or workflow.task_tree, state=state)


def drop(token: Token) -> None:
    """Take a token out of the tree."""
    token.workflow._remove_task(token.id)


def find(top: Workflow, hexadecimal: str) -> Token | None:
    """The live token of that id."""
    key = UUID(hex=hexadecimal)
    for workflow in workflows(top):
        if key in workflow.tasks:
            token: Token = workflow.tasks[key]
            return token
    return None


def enclosing_loop(token: Token) -> Token:
    """The token a boundary event is attached to: the multi-instance activity for one of its runs, else itself."""
    return token.parent if token.task_spec.is_iteration else token
