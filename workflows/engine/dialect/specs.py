"""The one kind of task spec the engine runs: it leaves every decision to the run it is part of.

The stock specs predict the future of the tree (2^k tasks after k forks), copy data from task to task and evaluate
Python. Here a token is made when it is due and removed when it is done, carries no data, and everything an element
means is done by the ``Host`` of the workflow.
"""

from typing import Any, Protocol

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task as Token

from workflows.engine.dialect.model import Element

EACH = "#each"


class Host(Protocol):
    """What runs the elements of one workflow."""

    def execute(self, token: Token) -> bool | None:
        """Do the work of the element; True when it is done, None when it waits for the outside."""
        ...

    def leave(self, token: Token) -> None:
        """The element is done: make the tokens that follow and drop this one."""
        ...


class ElementSpec(BpmnTaskSpec):  # type: ignore[misc]  # the library is not typed
    """The spec of one element; ``is_iteration`` marks the single runs of a multi-instance activity."""

    element: Element
    is_iteration: bool

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, element: Element, *, is_iteration: bool = False) -> None:
        super().__init__(wf_spec, name, lane=element.lane, description=element.kind)
        self.bpmn_id = element.id
        self.bpmn_name = element.name
        self.element = element
        self.is_iteration = is_iteration

    def _predict(self, my_task: Token, *_args: Any, **_options: Any) -> None:
        """Nothing is predicted: what follows is made when it is due."""

    def _run(self, my_task: Token) -> bool | None:
        # The stock method marks a failed task as ended; ours stays READY and can be retried.
        return self._host(my_task).execute(my_task)

    def _on_complete(self, my_task: Token) -> None:
        self._host(my_task).leave(my_task)

    def _host(self, my_task: Token) -> Host:
        host: Host = my_task.workflow.top_workflow.host
        return host
