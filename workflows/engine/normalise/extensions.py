"""Extensions of other tools: mapped where the dialect says exactly the same, dropped where they change nothing here.

What runs code (scripts, classes, listeners, connectors) is left in place: dropping it would change what the diagram
does, so the check refuses it by name.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from workflows.engine.dialect.xml import BPMN, JAVA_FAMILY, ZEEBE, Node, local
from workflows.engine.normalise.changes import Change, zeebe
from workflows.engine.normalise.juel import is_wrapped, translated

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
OURS = frozenset({BPMN.strip("{}"), ZEEBE.strip("{}"), ""})
#: Python in disguise: refused by name, never dropped.
SPIFF = "spiffworkflow.org"
XML = ("http://www.w3.org/",)
#: Where and how things are drawn, and notes of modelling tools.
DRAWN = ("http://www.omg.org/", "http://bpmn.io/", "http://camunda.org/schema/modeler")
RUNNING = frozenset(
    {
        "class",
        "delegateExpression",
        "expression",
        "script",
        "executionListener",
        "taskListener",
        "connector",
        "field",
        "formData",
    }
)
_FORM = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

#: Attribute: the ``zeebe:`` extension and attribute it becomes, and what turns its value into ours (None: not exact).
Translate = Callable[[str], str | None]


def translate_extensions(root: Node) -> Iterator[Change]:
    """Every foreign attribute and extension of the processes, one change each; the drawing is left alone."""
    for node in list(root.iter()):
        if not isinstance(node.tag, str) or not node.tag.startswith(BPMN):
            continue
        yield from _attributes(node)
        owner = node.getparent()
        if local(node) == "extensionElements" and owner is not None:
            yield from _elements(node, owner)


# -- values -----------------------------------------------------------------------------------------------------------


def _value(source: str) -> str | None:
    """A literal as it is, ``${x}`` as FEEL."""
    if not is_wrapped(source):
        return None if source.startswith("=") or "${" in source or "#{" in source else source
    feel = translated(source)
    return f"={feel}" if feel is not None else None


def _one(source: str) -> str | None:
    """Exactly one group."""
    return _value(source) if "," not in source else None


def _person(source: str) -> str | None:
    """A person is a number here, or comes from a variable."""
    return _value(source) if source.isdigit() or is_wrapped(source) else None


def _form(source: str) -> str | None:
    return source if _FORM.fullmatch(source) else None


def _list(source: str) -> str | None:
    """A collection: the name of a variable, or ``${name}``."""
    if _VARIABLE.fullmatch(source):
        return f"={source}"
    return _value(source) if is_wrapped(source) else None


def _plain(source: str) -> str | None:
    return _value(source) if not is_wrapped(source) else None


# -- attributes -------------------------------------------------------------------------------------------------------

ATTRIBUTES: Mapping[str, tuple[str, str, Translate]] = {
    "formKey": ("formDefinition", "formId", _form),
    "formRef": ("formDefinition", "formId", _form),
    "assignee": ("assignmentDefinition", "assignee", _person),
    "candidateGroups": ("assignmentDefinition", "candidateGroups", _one),
    "dueDate": ("taskSchedule", "dueDate", _value),
    "followUpDate": ("taskSchedule", "followUpDate", _value),
    "priority": ("priorityDefinition", "priority", _value),
    "decisionRef": ("calledDecision", "decisionId", _plain),
    "resultVariable": ("calledDecision", "resultVariable", _plain),
    "topic": ("taskDefinition", "type", _plain),
    "collection": ("loopCharacteristics", "inputCollection", _list),
    "elementVariable": ("loopCharacteristics", "inputElement", _plain),
}
#: What has no counterpart here, but said who works or whether a step happens at all.
MEANT = frozenset({"candidateUsers", "skipExpression"})


def _attributes(node: Node) -> Iterator[Change]:
    owner = _owner(node)
    for key in [str(each) for each in node.attrib]:
        name = etree.QName(key)
        namespace = name.namespace or ""
        if namespace in OURS or SPIFF in namespace or namespace.startswith(XML + DRAWN):
            continue
        if namespace in JAVA_FAMILY and name.localname in RUNNING:
            continue
        value = str(node.attrib.pop(key))
        yield _attribute(node, owner, namespace, name.localname, value)


def _attribute(node: Node, owner: str, namespace: str, name: str, value: str) -> Change:
    rule = ATTRIBUTES.get(name) if namespace in JAVA_FAMILY else None
    new = rule[2](value.strip()) if rule is not None else None
    if rule is None or new is None or (name == "resultVariable" and local(node) != "businessRuleTask"):
        meant = rule is not None or (namespace in JAVA_FAMILY and name in MEANT)
        code = "attribute_lost" if meant else "attribute_dropped"
        return Change(owner, code, {"name": _shown(namespace, name), "value": value[:200]})
    zeebe(node, rule[0]).set(rule[1], new)
    return Change(owner, "attribute_mapped", {"name": _shown(namespace, name), "to": rule[0], "value": new[:200]})


# -- extension elements -----------------------------------------------------------------------------------------------


def _elements(holder: Node, node: Node) -> Iterator[Change]:
    owner = _owner(node)
    for each in list(holder):
        if not isinstance(each.tag, str):
            continue
        name = etree.QName(each)
        namespace = name.namespace or ""
        if namespace in OURS or SPIFF in namespace:
            continue
        if namespace in JAVA_FAMILY and _runs(each):
            continue
        holder.remove(each)
        yield _element(node, owner, each, namespace, name.localname)


def _runs(each: Node) -> bool:
    return any(
        etree.QName(inner).localname in RUNNING or not _is_translatable(inner)
        for inner in each.iter()
        if isinstance(inner.tag, str)
    )


def _is_translatable(each: Node) -> bool:
    """A parameter whose value has no exact counterpart would leave an activity without its input."""
    name = etree.QName(each).localname
    if name in {"inputParameter", "outputParameter"}:
        return not len(each) and _parameter(each) is not None
    return name not in {"in", "out"} or _handed(each) is not None


def _element(node: Node, owner: str, each: Node, namespace: str, name: str) -> Change:
    shown = _shown(namespace, name)
    mapped = MAPPERS.get(name) if namespace in JAVA_FAMILY else None
    if mapped is None or not mapped(node, each):
        return Change(owner, "extension_dropped", {"name": shown})
    return Change(owner, "extension_mapped", {"name": shown, "to": "ioMapping"})


def _parameter(each: Node) -> str | None:
    """The value of a parameter as FEEL: a literal becomes a text."""
    source = (each.text or "").strip()
    if is_wrapped(source):
        return _value(source)
    return f'="{source}"' if '"' not in source and "${" not in source and "\n" not in source else None


def _input_output(node: Node, each: Node) -> bool:
    for inner in each:
        name = etree.QName(inner).localname
        if name in {"inputParameter", "outputParameter"}:
            _add(node, name.removesuffix("Parameter"), _parameter(inner) or "", inner.get("name") or "")
    return True


def _handed(each: Node) -> tuple[str, str] | None:
    """What a call hands in or out; everything (``variables="all"``) and the business key need nothing here."""
    if each.get("variables") == "all" or each.get("businessKey"):
        return ("", "")
    target = each.get("target") or ""
    if source := each.get("source"):
        return (f"={source}", target) if _VARIABLE.fullmatch(source) and target else None
    feel = translated(each.get("sourceExpression") or "")
    return (f"={feel}", target) if feel is not None and target else None


def _called(node: Node, each: Node) -> bool:
    source, target = _handed(each) or ("", "")
    if target:
        _add(node, "input" if etree.QName(each).localname == "in" else "output", source, target)
    return bool(target)


MAPPERS: Mapping[str, Callable[[Node, Node], bool]] = {"inputOutput": _input_output, "in": _called, "out": _called}


def _add(node: Node, direction: str, source: str, target: str) -> None:
    mapping = zeebe(node, "ioMapping")
    etree.SubElement(mapping, ZEEBE + direction, {"source": source, "target": target})


def _shown(namespace: str, name: str) -> str:
    short = "camunda" if namespace == CAMUNDA else namespace.rstrip("/").split("/")[2:3] or [namespace]
    return f"{short if isinstance(short, str) else short[0]}:{name}"[:100]


def _owner(node: Node | None) -> str:
    while node is not None:
        if local(node) and node.get("id") and local(node) != "multiInstanceLoopCharacteristics":
            return node.get("id") or ""
        node = node.getparent()
    return ""
