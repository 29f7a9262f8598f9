"""What other tools leave in a diagram, seen in the XML itself: Python, other languages, unknown extensions."""

from collections.abc import Iterator

from lxml import etree

from workflows.engine.dialect import DialectError
from workflows.engine.dialect.xml import BPMN, JAVA_FAMILY, Node, local, read
from workflows.engine.findings import Finding

ZEEBE_NAMESPACE = "http://camunda.org/schema/zeebe/1.0"
SPIFF = "spiffworkflow.org"

#: Zeebe extensions that are read, and those that only carry notes for modelling tools.
READ = frozenset(
    [
        "assignmentDefinition",
        "calledDecision",
        "calledElement",
        "formDefinition",
        "input",
        "ioMapping",
        "loopCharacteristics",
        "output",
        "priorityDefinition",
        "script",
        "subscription",
        "taskDefinition",
        "taskSchedule",
        "userTask",
    ]
)
NOTES = frozenset({"properties", "property", "versionTag"})
#: What would run code in the tools these come from.
RUNNING = frozenset(
    [
        "script",
        "expression",
        "class",
        "delegateExpression",
        "executionListener",
        "taskListener",
        "connector",
        "field",
        "formData",
        "inputParameter",
        "outputParameter",
        "properties",
        "in",
        "out",
    ]
)
IGNORED = frozenset(
    {"dataStoreReference", "dataInputAssociation", "dataOutputAssociation", "ioSpecification", "property"}
    | {"performer", "humanPerformer", "potentialOwner", "resourceRole"}
)
#: Settings of extensions that are read which say who works, or with what, and are not read.
LOST = frozenset({"candidateUsers", "formKey", "externalReference"})
#: Settings that would let a case run otherwise than here, with the values that would not (BPMN 2.0 § 10.3 and 10.6).
AS_HERE = {
    "startQuantity": frozenset({"1"}),
    "completionQuantity": frozenset({"1"}),
    "behavior": frozenset({"All"}),
    "eventGatewayType": frozenset({"Exclusive"}),
}


def check_foreign(path: str, xml: bytes) -> Iterator[Finding]:
    """Everything in one diagram file that is not of the dialect."""
    try:
        root = read(xml)
    except DialectError:
        return
    for node in root.iter():
        if isinstance(node.tag, str):
            yield from _node(path, node)


def _node(path: str, node: Node) -> Iterator[Finding]:
    name = etree.QName(node)
    namespace, here = name.namespace or "", name.localname
    if SPIFF in namespace:
        yield Finding("error", path, _owner(node), "python_extension", {"extension": here})
    elif namespace in JAVA_FAMILY:
        yield _camunda(path, node, here)
    elif namespace == ZEEBE_NAMESPACE and here not in READ | NOTES:
        yield Finding("warning", path, _owner(node), "extension_ignored", {"extension": here})
    elif namespace == ZEEBE_NAMESPACE:
        for setting in sorted(LOST & {str(each) for each in node.attrib}):
            yield Finding("warning", path, _owner(node), "extension_ignored", {"extension": setting})
    elif local(node):
        yield from _bpmn(path, node)
        yield from _otherwise(path, node)
    for attribute in node.attrib:
        yield from _attribute(path, node, etree.QName(str(attribute)))


def _camunda(path: str, node: Node, name: str) -> Finding:
    if name in RUNNING:
        return Finding("error", path, _owner(node), "foreign_code", {"extension": name})
    return Finding("warning", path, _owner(node), "extension_ignored", {"extension": name})


def _attribute(path: str, node: Node, name: etree.QName) -> Iterator[Finding]:
    if SPIFF in (name.namespace or ""):
        yield Finding("error", path, _owner(node), "python_extension", {"extension": name.localname})
    elif name.namespace in JAVA_FAMILY:
        yield _camunda(path, node, name.localname)


def _bpmn(path: str, node: Node) -> Iterator[Finding]:
    here = local(node)
    language = (node.get("language") or node.get("scriptFormat") or node.get("expressionLanguage") or "").lower()
    if here == "script" or (here == "scriptTask" and node.get("scriptFormat")):
        yield Finding("error", path, _owner(node), "foreign_script", {"language": language or "?"})
    elif language and "feel" not in language:
        yield Finding("error", path, _owner(node), "foreign_language", {"language": language[:100]})
    elif here.startswith("correlation") or here in IGNORED:
        yield Finding("warning", path, _owner(node), "element_ignored", {"element": here})
    elif here == "loopCardinality":
        yield Finding("error", path, _owner(node), "loop_cardinality", {})


def _otherwise(path: str, node: Node) -> Iterator[Finding]:
    for setting, same in AS_HERE.items():
        value = node.get(setting)
        if value is not None and value not in same:
            yield Finding("error", path, _owner(node), "runs_otherwise", {"setting": setting, "value": value[:100]})


def _owner(node: Node) -> str:
    """The id of the nearest element that a modeller can click on."""
    current: Node | None = node
    while current is not None:
        tag = current.tag
        if (
            isinstance(tag, str)
            and tag.startswith(BPMN)
            and current.get("id")
            and local(current) != "conditionExpression"
        ):
            return current.get("id") or ""
        current = current.getparent()
    return ""
