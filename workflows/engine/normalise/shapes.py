"""Tasks without a kind, default flows, conditions, timers: what tools draw differently and mean the same."""

from collections.abc import Iterator

from workflows.engine.dialect.xml import BPMN, Node, local, text
from workflows.engine.normalise.changes import Change
from workflows.engine.normalise.juel import is_wrapped, translated
from workflows.feel import FeelSyntaxError, compile_expression

_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_TIMES = frozenset({"timeDate", "timeDuration", "timeCycle"})
_QUOTES = frozenset({"''", '""'})


def settle_shapes(root: Node) -> Iterator[Change]:
    """Every rule over every element, in the order of the file."""
    yield from _languages(root)
    flows: dict[str, list[Node]] = {}
    for flow in root.iter(BPMN + "sequenceFlow"):
        flows.setdefault(flow.get("sourceRef") or "", []).append(flow)
    for node in list(root.iter()):
        name = local(node)
        if name == "task":
            node.tag = BPMN + "manualTask"
            yield Change(node.get("id") or "", "task_made_manual")
        elif name in _DECIDING:
            yield from _default(node, flows.get(node.get("id") or "", []))
        elif name == "conditionExpression":
            yield from _condition(node, _above(node))
        elif name == "completionCondition":
            yield from _condition(node, _above(node, 2))
        elif name in _TIMES:
            yield from _time(node)


def _above(node: Node, levels: int = 1) -> str:
    """The id of what holds a part of an element."""
    current: Node | None = node
    for _ in range(levels):
        current = current.getparent() if current is not None else None
    return (current.get("id") or "") if current is not None else ""


def _languages(root: Node) -> Iterator[Change]:
    """What a tool declares for all expressions says nothing about those of the dialect."""
    for name in ("expressionLanguage", "typeLanguage"):
        if (language := root.get(name)) and "feel" not in language.lower():
            del root.attrib[name]
            yield Change("", "language_dropped", {"language": language[:100]})


def _default(gateway: Node, flows: list[Node]) -> Iterator[Change]:
    """Of several ways the only one without a condition is the default, and the default has none."""
    identity = gateway.get("id") or ""
    plain = [flow for flow in flows if _conditions(flow) is None]
    if gateway.get("default") is None and len(flows) > 1 and len(plain) == 1 and plain[0].get("id"):
        gateway.set("default", plain[0].get("id") or "")
        yield Change(identity, "default_set", {"flow": plain[0].get("name") or plain[0].get("id")})
    for flow in flows:
        condition = _conditions(flow)
        if condition is not None and flow.get("id") == gateway.get("default"):
            flow.remove(condition)
            yield Change(flow.get("id") or "", "default_condition_dropped", {"source": (condition.text or "")[:200]})


def _conditions(flow: Node) -> Node | None:
    """The condition of a flow; an empty one counts as none."""
    found = flow.find(BPMN + "conditionExpression")
    return found if found is not None and text(found.text) is not None else None


def _condition(node: Node, identity: str) -> Iterator[Change]:
    """A condition of another language in FEEL; what is FEEL already stays, what cannot be translated, too."""
    source = (node.text or "").strip()
    language = (node.get("language") or "").lower()
    if not source or source.startswith("=") or (not language and _is_feel(source)):
        return
    feel = translated(source)
    if feel is None:
        return
    node.text = f"={feel}"
    if language and "feel" not in language:
        del node.attrib["language"]
    yield Change(identity, "condition_translated", {"source": source[:200], "feel": node.text})


def _is_feel(source: str) -> bool:
    try:
        compile_expression(source)
    except FeelSyntaxError:
        return False
    return True


def _time(node: Node) -> Iterator[Change]:
    """A quoted literal without its quotes, a variable of another notation as FEEL."""
    source = (node.text or "").strip()
    new = source
    if source[:1] + source[-1:] in _QUOTES and len(source) > 2:
        new = source[1:-1].strip()
    elif is_wrapped(source) and (feel := translated(source)) is not None:
        new = f"={feel}"
    if new == source:
        return
    node.text = new
    yield Change(_above(node, 2), "time_translated", {"source": source[:200], "new": new})
