"""A diagram as plain data: what the checks look at and what the engine's specs are built from.

Texts that may be expressions are kept as written: a leading ``=`` marks FEEL, anything else is a literal; conditions
are always FEEL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.core.errors import LotseError

ACTIVITIES = frozenset(
    {
        "user_task",
        "manual_task",
        "service_task",
        "script_task",
        "business_rule_task",
        "send_task",
        "receive_task",
        "sub_process",
        "call_activity",
    }
)
GATEWAYS = frozenset({"exclusive_gateway", "parallel_gateway", "inclusive_gateway", "event_based_gateway"})
EVENTS = frozenset(
    {"start_event", "end_event", "intermediate_catch_event", "intermediate_throw_event", "boundary_event"}
)
KINDS = ACTIVITIES | GATEWAYS | EVENTS


class DialectError(LotseError):
    """No diagram at all: ``not_xml``, ``document_type``, ``too_large``, ``no_process``, ``duplicate_process``,
    ``too_many_elements``.
    """


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something the dialect does not run; ``code`` names the reason, ``facts`` fill its sentence."""

    element_id: str
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; ``condition`` is FEEL with or without the leading ``=``."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """One input or output of ``zeebe:ioMapping``: ``target`` is a variable, dots make nested contexts."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an event catches or throws.

    ``kind`` is ``none``, ``message``, ``timer``, ``error``, ``escalation`` or ``terminate``; ``name`` and
    ``correlation_key`` belong to messages, ``code`` to errors and escalations (None catches all), ``timer`` is
    ``date``, ``duration`` or ``cycle`` with its ``expression``.
    """

    kind: str = "none"
    name: str | None = None
    correlation_key: str | None = None
    code: str | None = None
    timer: str | None = None
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance: one token per item of ``collection``, results of ``output_element`` gathered in order."""

    sequential: bool
    collection: str
    item: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion_condition: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who a user task is for and when it is due; every text may be FEEL.

    ``four_eyes`` are the ids of other user tasks: who did one of those may not do this one. ``only_for`` is a list of
    people's keys; nobody else may do it. ``is_shared`` tasks are also for whoever the process is about.
    """

    assignee: str | None = None
    candidate_groups: str | None = None
    due: str | None = None
    follow_up: str | None = None
    priority: str | None = None
    four_eyes: tuple[str, ...] = ()
    only_for: str | None = None
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node. ``kind`` is one of ``KINDS``; ``process`` the id of the process or subprocess it lies in.

    ``lane`` is the innermost lane's id, inherited by what a subprocess holds. ``incoming`` and ``outgoing`` are flow
    ids in the order drawn. ``attached_to`` and ``interrupting`` belong to boundary events, ``default`` is a flow id,
    ``calls`` the process a call activity starts, ``script`` a FEEL expression.
    """

    id: str
    kind: str
    name: str
    process: str
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    form_id: str | None = None
    decision_id: str | None = None
    result_variable: str | None = None
    operator: str | None = None
    script: str | None = None
    calls: str | None = None
    passes_all_results: bool = True
    attached_to: str | None = None
    interrupting: bool = True
    trigger: Trigger = field(default_factory=Trigger)
    loop: Loop | None = None
    assignment: Assignment = field(default_factory=Assignment)
    inputs: tuple[Assign, ...] = ()
    outputs: tuple[Assign, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A process or an embedded subprocess: its own nodes and flows, not those of subprocesses inside it."""

    id: str
    name: str
    parent: str | None
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    executable: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane; its id names the group that works in it."""

    id: str
    name: str
    process: str


@dataclass(frozen=True)
class ParsedProcess:
    """All processes of the given files and the specs that run them.

    ``processes`` and ``specs`` are keyed by the id of process or subprocess; ``elements`` by element id over all of
    them. ``refusals`` names what is not run; unless it is empty ``specs`` is empty.
    """

    processes: Mapping[str, Process]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, Lane]
    refusals: tuple[Refusal, ...]
    specs: Mapping[str, BpmnProcessSpec]
    caches: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def boundaries(self, element_id: str) -> tuple[Element, ...]:
        """The boundary events attached to an activity."""
        table = self.caches.get("boundaries")
        if table is None:
            table = {}
            for element in self.elements.values():
                if element.attached_to:
                    table[element.attached_to] = (*table.get(element.attached_to, ()), element)
            self.caches["boundaries"] = table
        return table.get(element_id, ())  # type: ignore[no-any-return]

    def starts(self, process_id: str) -> tuple[Element, ...]:
        """The start events of a process or subprocess."""
        return tuple(each for each in self.processes[process_id].elements.values() if each.kind == "start_event")
