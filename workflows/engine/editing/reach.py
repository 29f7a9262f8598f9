"""What hangs together around a step: its boundary events, what only they lead to, what stands before and after it."""

from collections.abc import Iterable, Mapping

from workflows.engine.dialect.nodes import NODE_KINDS
from workflows.engine.dialect.xml import Node
from workflows.engine.editing import tree

MOVABLE = frozenset(
    {
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
    }
    | {"intermediateCatchEvent", "intermediateThrowEvent", "subProcess"}
)


def boundaries(element: Node) -> list[Node]:
    """The boundary events at an element."""
    parent = element.getparent()
    identity = element.get("id")
    return [] if parent is None else [each for each in parent if each.get("attachedToRef") == identity]


def company(root: Node, element: Node) -> list[Node]:
    """The boundary events of an element and every node that only they lead to, in the order of the diagram.

    Of a boundary event: what only it leads to.
    """
    parent = element.getparent()
    is_event = tree.local(element) == "boundaryEvent"
    own = [each.get("id") or "" for each in ([element] if is_event else boundaries(element))]
    stayer = element.get("attachedToRef" if is_event else "id") or ""
    if parent is None or not own:
        return []
    nodes = {each.get("id") or "": each for each in parent if tree.local(each) in NODE_KINDS}
    after: dict[str, list[str]] = {key: [] for key in nodes}
    entered = {*own}
    pairs = [
        (flow.get("sourceRef") or "", flow.get("targetRef") or "") for flow in parent.iterchildren("{*}sequenceFlow")
    ]
    pairs += [(each.get("attachedToRef") or "", key) for key, each in nodes.items() if each.get("attachedToRef")]
    for source, target in pairs:
        if target not in own and source in after:
            after[source].append(target)
            entered.add(target)
    stays = _reached((stayer, *(key for key in nodes if key not in entered)), after)
    goes = _reached(own, after) - stays
    return [each for key, each in nodes.items() if key in goes and each is not element]


def _reached(origins: Iterable[str], after: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(origins)
    while waiting:
        key = waiting.pop()
        if key in after and key not in seen:
            seen.add(key)
            waiting += after[key]
    return seen


def may_go(root: Node, element: Node) -> bool:
    """Whether an element can be taken out: one way leads on, and whatever led to it can lead there instead.

    A boundary event always goes: nothing led to it. An event-based gateway needs the event behind it; a way from where
    the step leads on would end where it begins.
    """
    identity = element.get("id") or ""
    if tree.local(element) == "boundaryEvent":
        return True
    if tree.local(element) not in MOVABLE or len(tree.flows_from(root, identity)) != 1:
        return False
    (onward,) = tree.flows_from(root, identity)
    leaving = {each.get("id") for each in company(root, element)}
    sources = [each.get("sourceRef") or "" for each in tree.flows_into(root, identity)]
    staying = [each for each in sources if each not in leaving]
    return bool(staying) and not any(
        each in {identity, onward.get("targetRef")} or chooses_by_event(root, each) for each in staying
    )


def is_straight(root: Node, element: Node) -> bool:
    """One way in, one way out: it can change places with a neighbour of which the same is true."""
    identity = element.get("id") or ""
    into, out = tree.flows_into(root, identity), tree.flows_from(root, identity)
    if tree.local(element) not in MOVABLE or len(into) != 1 or len(out) != 1:
        return False
    source = into[0].get("sourceRef") or ""
    return source != identity and not chooses_by_event(root, source)


def chooses_by_event(root: Node, identity: str) -> bool:
    """Whether an element goes on with whichever event happens first."""
    source = tree.node(root, identity)
    return source is not None and tree.local(source) == "eventBasedGateway"


def neighbours(root: Node, element: Node) -> tuple[Node | None, Node | None]:
    """What an element can change places with: the step before it and the one after it, None where it cannot."""
    if not is_straight(root, element):
        return None, None
    identity = element.get("id") or ""
    (incoming,), (outgoing,) = tree.flows_into(root, identity), tree.flows_from(root, identity)
    before, after = tree.node(root, incoming.get("sourceRef") or ""), tree.node(root, outgoing.get("targetRef") or "")
    return (
        before if before is not None and is_straight(root, before) else None,
        after if after is not None and is_straight(root, after) else None,
    )
