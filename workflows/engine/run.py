"""One run of one instance inside one transaction: moves tokens until all of them wait for the outside.

Everything happens in memory. The instance is locked only before the first operator writes (``lock``) or when the
result is saved; both check that nobody moved the instance meanwhile (decision 6).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.core.tx import Tx
from workflows.engine import tokens
from workflows.engine.behaviours import BEHAVIOURS, boundaries, joins, loops, subprocesses
from workflows.engine.catalogue import BpmnError, Operator
from workflows.engine.dialect.model import Element, ParsedProcess
from workflows.engine.expressions import certain, evaluate, feel
from workflows.engine.faults import StateMoved, Stuck
from workflows.engine.projection import Changes
from workflows.engine.scopes import RESULT, Scopes
from workflows.engine.state import Instance
from workflows.engine.tokens import Token
from workflows.feel import Warning  # noqa: A004 - the standard's word

if TYPE_CHECKING:
    from workflows.engine.definitions import Definition

MOST_STEPS = 10_000
"""Automatic steps in one run before the instance is taken to turn in circles."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What an installation runs its diagrams with; ``group_exists`` tells whether a group key computed by an
    expression is known, ``can_work`` whether the person of that number can sign in."""

    operators: Mapping[str, Operator] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    group_exists: Callable[[Tx, str], bool] | None = None
    can_work: Callable[[Tx, int], bool] | None = None


class Run:
    """The running instance; the ``Host`` of its elements."""

    def __init__(self, tx: Tx, engine: Engine, definition: "Definition", instance: Instance) -> None:
        self.tx = tx
        self.engine = engine
        self.definition = definition
        self.parsed: ParsedProcess = definition.process
        self.instance_id = instance.id
        self.process_key = instance.process_key
        self.subject = instance.subject
        self.revision = instance.revision
        self.scopes = Scopes(instance.variables)
        self.changes = Changes(tx.now, tx.actor.label)
        self.top: tokens.Workflow
        self.is_locked = False
        self._steps = 0
        self._flows: dict[Token, tuple[str, ...]] = {}

    # -- expressions ------------------------------------------------------------------------------------------------

    def certain(self, token: Token, source: str, purpose: str) -> Any:
        """The value of a text where null or a warning is an incident."""
        variables = self.scopes.visible(token)
        return certain(source, evaluate(source, variables, self.engine.functions, self.tx.now), purpose)

    def value(self, token: Token, source: str, extra: Mapping[str, Any] | None = None) -> Any:
        """The value of a text; warnings are noted in the timeline."""
        variables = self.scopes.visible(token, extra)
        found = evaluate(source, variables, self.engine.functions, self.tx.now)
        self.note_warnings(token, source, found.warnings)
        return found.value

    def note_warnings(self, token: Token, source: str, warnings: Sequence[Warning]) -> None:
        """A line in the timeline when an expression or a decision could not compute a part of itself."""
        if warnings:
            codes = [warning.code for warning in warnings]
            self.note("expression.warned", token, {"expression": source, "warnings": codes})

    def holds(self, token: Token, condition: str) -> bool:
        """Whether a condition is met; anything but true and false is an incident."""
        variables = self.scopes.visible(token)
        found = feel(condition, variables, self.engine.functions, self.tx.now)
        value = certain(condition, found, "condition")
        if not isinstance(value, bool):
            raise Stuck("condition_not_boolean", expression=condition, value=str(value))
        return value

    def conclude(self, token: Token, results: Mapping[str, Any]) -> None:
        """Write results where they belong: through the output mapping if there is one, else all of them."""
        element = tokens.element_of(token)
        if element.outputs:
            results = {each.target: self.value(token, each.source, results) for each in element.outputs}
        self.scopes.write(self.scopes.enclosing(token), results)
        if token.task_spec.is_iteration:
            loops.keep_result(self, token)

    # -- moving tokens ----------------------------------------------------------------------------------------------

    def drive(self) -> None:
        """Run all tokens that need nobody until every live one waits; failures stay with their token."""
        while True:
            ready = [
                token
                for workflow in tokens.workflows(self.top)
                for token in tokens.live(workflow)
                if token._state == tokens.READY and "incident" not in token.internal_data
            ]
            for token in ready:
                if token._state == tokens.READY and tokens.is_alive(token):
                    self.step(token)
            if not ready and not joins.release(self):
                break
        joins.report_stuck(self)

    def step(self, token: Token) -> None:
        """Run one token; a failure stays with it as an incident."""
        self._steps += 1
        try:
            if self._steps > MOST_STEPS:
                raise Stuck("endless_loop", steps=MOST_STEPS)
            self._run(token)
        except Stuck as stuck:
            self.open_incident(token, stuck)

    def _run(self, token: Token) -> None:
        try:
            token.run()
        except BpmnError as error:
            if not boundaries.throw(self, token, "error", error.code, error.variables):
                raise Stuck("error_not_caught", error=error.code) from error

    @contextmanager
    def as_of(self, moment: datetime) -> Iterator[None]:
        """What is computed inside counts from that moment instead of now."""
        tx = self.tx
        self.tx = replace(tx, now=moment)
        try:
            yield
        finally:
            self.tx = tx

    def execute(self, token: Token) -> bool | None:
        """Do the work of an element (called by its spec); None leaves the token waiting for the outside."""
        element = tokens.element_of(token)
        if element.loop is not None and not token.task_spec.is_iteration:
            return loops.execute(self, token, element)
        if "fired" not in token.internal_data:
            if element.inputs or token.task_spec.is_iteration:
                self.open_scope(token, element)
            if not token.task_spec.is_iteration:
                boundaries.arm(self, token)
        return BEHAVIOURS[element.kind](self, token, element)

    def open_scope(self, token: Token, element: Element) -> None:
        """Hand in what the element's input mapping asks for."""
        key = token.id.hex
        if not self.scopes.has(key):
            self.scopes.open(key, {})
        operator = self.engine.operators.get(element.operator or "")
        required = {each.name for each in operator.parameters if each.required} if operator else frozenset()
        for each in element.inputs:
            must = each.target in required
            value = self.certain(token, each.source, each.target) if must else self.value(token, each.source)
            self.scopes.write(key, {each.target: value})

    def take(self, token: Token, *flows: str) -> None:
        """Choose the flows this token leaves by, instead of all."""
        self._flows[token] = flows

    def leave(self, token: Token) -> None:
        """The element is done (called by its spec): tokens go out over the chosen flows."""
        element = tokens.element_of(token)
        flows = self._flows.pop(token, element.outgoing)
        details = {"flows": list(flows)} if len(element.outgoing) > 1 else None
        self.note("element.completed", token, details)
        workflow, parent = token.workflow, token.parent
        self.remove(token, completed=True)
        if token.task_spec.is_iteration:
            loops.finish_one(parent)
            return
        if parent is not workflow.task_tree:
            self._leave_event_gateway(parent)
        for flow in flows:
            self.enter(workflow, self.parsed.flows[flow].target, flow)
        self.settle(workflow)

    def _leave_event_gateway(self, gateway: Token) -> None:
        self.note("element.completed", gateway)
        self.remove(gateway)

    def enter(self, workflow: tokens.AnyWorkflow, element_id: str, flow: str) -> None:
        """A token arrives at an element over a flow; joins gather theirs."""
        element = self.parsed.elements[element_id]
        if element.kind in joins.JOINS and len(element.incoming) > 1:
            joins.arrive(workflow, element, flow)
        else:
            tokens.place(workflow, element_id)

    def settle(self, workflow: tokens.AnyWorkflow) -> None:
        """A process inside the instance without any token is done, and with it the activity that holds it."""
        if workflow.owner is not None and len(workflow.tasks) == 1 and workflow.owner.id in self.top.subprocesses:
            subprocesses.finish(self, workflow)

    def remove(self, token: Token, *, completed: bool = False) -> None:
        """Take a token and everything below and inside it out, close its scopes and what it waited for."""
        for child in list(token.children):
            self.remove(child)
        inner = self.top.subprocesses.pop(token.id, None)
        if inner is not None:
            for each in list(inner.task_tree.children):
                self.remove(each)
        self.scopes.close(token.id.hex)
        self.changes.gone(token)
        if not completed:
            token._set_state(tokens.CANCELLED)
        tokens.drop(token)

    def wake(self, token: Token, results: Mapping[str, Any]) -> None:
        """What a token waited for has happened; ``results`` lie in wait for its output mapping."""
        if token._state == tokens.STARTED:
            self.changes.wait_over(token)
        self.scopes.open(token.id.hex + RESULT, results)
        token.internal_data["fired"] = 1
        token._set_state(tokens.READY)

    def results(self, token: Token) -> Mapping[str, Any]:
        """What came with the waking of this token."""
        return self.scopes.own(token.id.hex + RESULT)

    # -- facts ------------------------------------------------------------------------------------------------------

    def note(self, kind: str, token: Token, details: Mapping[str, Any] | None = None) -> None:
        """A line in the timeline."""
        self.changes.event(kind, tokens.element_of(token), details)

    def open_incident(self, token: Token, stuck: Stuck) -> None:
        """Keep a token where it is until its step is tried again."""
        token.internal_data["incident"] = 1
        self.changes.incident(token, stuck)

    def lock(self) -> None:
        """Hold the instance until the end of the transaction; raises ``StateMoved`` if somebody moved it meanwhile."""
        if self.is_locked:
            return
        row = self.tx.locked(Instance, self.instance_id)
        if row.revision != self.revision:
            raise StateMoved("state_moved", instance=self.instance_id)
        self.is_locked = True
