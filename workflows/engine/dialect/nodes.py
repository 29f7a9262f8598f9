"""One flow node of the XML as an ``Element``."""

from dataclasses import dataclass, field

from workflows.engine.dialect.model import ACTIVITIES, Assign, Assignment, Element, Loop, Refusal, Trigger
from workflows.engine.dialect.xml import Node, bpmn, extension, extension_property, extension_value, local, text

NODE_KINDS = {
    "startEvent": "start_event",
    "endEvent": "end_event",
    "intermediateCatchEvent": "intermediate_catch_event",
    "intermediateThrowEvent": "intermediate_throw_event",
    "boundaryEvent": "boundary_event",
    "userTask": "user_task",
    "manualTask": "manual_task",
    "serviceTask": "service_task",
    "scriptTask": "script_task",
    "businessRuleTask": "business_rule_task",
    "sendTask": "send_task",
    "receiveTask": "receive_task",
    "exclusiveGateway": "exclusive_gateway",
    "parallelGateway": "parallel_gateway",
    "inclusiveGateway": "inclusive_gateway",
    "eventBasedGateway": "event_based_gateway",
    "subProcess": "sub_process",
    "callActivity": "call_activity",
}
FOUR_EYES = "fourEyes"
"""The zeebe:property of a user task that names others, with commas: whoever did one of those may not do this one."""
SHARED = "sharedWithContact"
"""The zeebe:property of a user task, ``true``: who the process is about may do it, too, by the link of its mails."""
ONLY_FOR = "onlyFor"
"""The zeebe:property of a user task that says in FEEL who alone may do it: a list of keys such as ``user:12``."""
REFUSED_NODES = frozenset(
    {"task", "complexGateway", "transaction", "adHocSubProcess", "choreographyTask", "callChoreography"}
)
TRIGGERS = {
    "start_event": frozenset({"none", "message", "timer"}),
    "intermediate_catch_event": frozenset({"message", "timer"}),
    "intermediate_throw_event": frozenset({"none", "message", "escalation"}),
    "boundary_event": frozenset({"message", "timer", "error", "escalation"}),
    "end_event": frozenset({"none", "message", "error", "escalation", "terminate"}),
}


@dataclass
class Shared:
    """What nodes refer to by id, for one file, and what is refused on the way."""

    messages: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    errors: dict[str, str | None] = field(default_factory=dict)
    escalations: dict[str, str | None] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, node: Node, code: str, **facts: str) -> None:
        """Note what the dialect does not run."""
        self.refusals.append(Refusal(node.get("id") or "", code, facts))


def read_element(node: Node, process: str, lane: str | None, shared: Shared) -> Element:
    """The element of ``node`` lying in ``process``; flows are filled in afterwards."""
    kind = NODE_KINDS[local(node)]
    identity = node.get("id") or ""
    _refuse_node(node, kind, shared)
    return Element(
        id=identity,
        kind=kind,
        name=" ".join((node.get("name") or "").split()),
        process=process,
        lane=shared.lanes.get(identity, lane),
        default=text(node.get("default")),
        form_id=extension_value(node, "formDefinition", "formId"),
        decision_id=extension_value(node, "calledDecision", "decisionId"),
        result_variable=extension_value(node, "calledDecision", "resultVariable")
        or extension_value(node, "script", "resultVariable"),
        operator=extension_value(node, "taskDefinition", "type"),
        script=extension_value(node, "script", "expression"),
        calls=_called(node) if kind == "call_activity" else None,
        passes_all_results=extension_value(node, "calledElement", "propagateAllChildVariables") != "false",
        attached_to=text(node.get("attachedToRef")),
        interrupting=node.get("cancelActivity", "true") == "true",
        trigger=_trigger(node, kind, shared),
        loop=_loop(node, shared),
        assignment=_assignment(node),
        inputs=_mapping(node, "input"),
        outputs=_mapping(node, "output"),
    )


def _refuse_node(node: Node, kind: str, shared: Shared) -> None:
    """What makes a node of a known kind impossible to run."""
    if node.get("triggeredByEvent") == "true":
        shared.refuse(node, "event_subprocess")
    if node.get("isForCompensation") == "true":
        shared.refuse(node, "compensation")
    if bpmn(node, "standardLoopCharacteristics") is not None:
        shared.refuse(node, "standard_loop")
    if kind == "script_task" and extension_value(node, "script", "expression") is None:
        shared.refuse(node, "script_without_feel")
    if kind == "business_rule_task" and extension_value(node, "calledDecision", "decisionId") is None:
        shared.refuse(node, "without_decision")
    if kind == "service_task" and extension_value(node, "taskDefinition", "type") is None:
        shared.refuse(node, "without_operator")
    if kind == "call_activity" and _called(node) is None:
        shared.refuse(node, "without_called_process")


def _called(node: Node) -> str | None:
    return extension_value(node, "calledElement", "processId") or text(node.get("calledElement"))


def _trigger(node: Node, kind: str, shared: Shared) -> Trigger:
    if kind == "receive_task" or (kind == "send_task" and node.get("messageRef")):
        return _message(node, node, shared)
    if kind not in TRIGGERS:
        return Trigger()
    definitions = [child for child in node if local(child).endswith("EventDefinition")]
    if len(definitions) > 1:
        shared.refuse(node, "several_triggers")
    trigger = _defined(node, definitions[0], shared) if definitions else Trigger()
    if trigger.kind not in TRIGGERS[kind]:
        shared.refuse(node, "unsupported_event", trigger=trigger.kind, kind=kind)
    if kind == "boundary_event" and trigger.kind == "error" and node.get("cancelActivity") == "false":
        shared.refuse(node, "error_must_interrupt")
    return trigger


def _defined(node: Node, definition: Node, shared: Shared) -> Trigger:
    name = local(definition).removesuffix("EventDefinition")
    if name == "message":
        return _message(node, definition, shared)
    if name == "timer":
        return _timer(node, definition, shared)
    if name == "error":
        return Trigger("error", code=_code(node, definition.get("errorRef"), shared.errors, shared))
    if name == "escalation":
        return Trigger("escalation", code=_code(node, definition.get("escalationRef"), shared.escalations, shared))
    return Trigger(name)


def _message(node: Node, holder: Node, shared: Shared) -> Trigger:
    reference = holder.get("messageRef")
    if reference is None and extension(node, "taskDefinition") is not None:
        return Trigger("message")
    if reference not in shared.messages:
        shared.refuse(node, "unknown_message", message=reference or "")
        return Trigger("message")
    name, key = shared.messages[reference]
    if name is None:
        shared.refuse(node, "message_without_name", message=reference)
    return Trigger("message", name=name, correlation_key=key)


def _timer(node: Node, definition: Node, shared: Shared) -> Trigger:
    for child in definition:
        if local(child) in {"timeDate", "timeDuration", "timeCycle"}:
            expression = text(child.text)
            if expression is not None:
                return Trigger("timer", timer=local(child)[4:].lower(), expression=expression)
    shared.refuse(node, "timer_without_time")
    return Trigger("timer")


def _code(node: Node, reference: str | None, known: dict[str, str | None], shared: Shared) -> str | None:
    if reference is None:
        if local(node) in {"endEvent", "intermediateThrowEvent"}:
            shared.refuse(node, "without_code")
        return None
    if reference not in known:
        shared.refuse(node, "unknown_code", reference=reference)
    return known.get(reference)


def _loop(node: Node, shared: Shared) -> Loop | None:
    characteristics = bpmn(node, "multiInstanceLoopCharacteristics")
    if characteristics is None or NODE_KINDS[local(node)] not in ACTIVITIES:
        return None
    collection = extension_value(characteristics, "loopCharacteristics", "inputCollection")
    if collection is None:
        shared.refuse(node, "loop_without_collection")
    condition = bpmn(characteristics, "completionCondition")
    return Loop(
        sequential=characteristics.get("isSequential") == "true",
        collection=collection or "",
        item=extension_value(characteristics, "loopCharacteristics", "inputElement"),
        output_collection=extension_value(characteristics, "loopCharacteristics", "outputCollection"),
        output_element=extension_value(characteristics, "loopCharacteristics", "outputElement"),
        completion_condition=text(condition.text) if condition is not None else None,
    )


def _assignment(node: Node) -> Assignment:
    return Assignment(
        assignee=extension_value(node, "assignmentDefinition", "assignee"),
        candidate_groups=extension_value(node, "assignmentDefinition", "candidateGroups"),
        due=extension_value(node, "taskSchedule", "dueDate"),
        follow_up=extension_value(node, "taskSchedule", "followUpDate"),
        priority=extension_value(node, "priorityDefinition", "priority"),
        four_eyes=_names(extension_property(node, FOUR_EYES)),
        only_for=extension_property(node, ONLY_FOR),
        is_shared=extension_property(node, SHARED) == "true",
    )


def _names(listed: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in (listed or "").split(","))))


def _mapping(node: Node, direction: str) -> tuple[Assign, ...]:
    mapping = extension(node, "ioMapping")
    if mapping is None:
        return ()
    tag = mapping.tag.replace("ioMapping", direction)
    return tuple(Assign(each.get("source") or "", (each.get("target") or "").strip()) for each in mapping.iter(tag))
