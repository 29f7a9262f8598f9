"""XML to compiled elements: names in reach, requirements, types and expressions of one DMN file."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflows.decisions.boxed import ExpressionProblem, Reader, read_boxed, read_function, typed
from workflows.decisions.elements import Decision, Element, InputData, Key, Knowledge, Requirement, Service
from workflows.decisions.errors import DecisionModelError
from workflows.decisions.item_types import read_types, type_named
from workflows.decisions.tables import tables_in
from workflows.decisions.xml import Element as Xml
from workflows.decisions.xml import child, children, local_name, name_of
from workflows.feel import syntax
from workflows.feel.analysis import free_names, unknown_calls
from workflows.feel.builtins import BUILTINS
from workflows.feel.compiler import Surroundings, compile_node
from workflows.feel.expressions import name_indexes
from workflows.feel.types import FeelType

_KINDS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_REQUIREMENTS = ("informationRequirement", "knowledgeRequirement")


@dataclass
class Source:
    """One DMN file being read, with the names under which it imports others."""

    root: Xml
    imports: Mapping[str, str]
    types: dict[str, FeelType]
    functions: frozenset[str] = frozenset()
    problems: list[ExpressionProblem] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        """The namespace its elements are known under."""
        return self.root.get("namespace") or ""


def open_source(root: Xml, imported: Iterable["Source"], functions: Collection[str] = ()) -> Source:
    """Prepare a file for reading; imported types are known as `import.type`, registered functions by name."""
    imports = {entry.get("namespace") or "": name_of(entry) for entry in children(root, "import")}
    source = Source(root, imports, read_types(root), frozenset(functions))
    for other in imported:
        prefix = imports.get(other.namespace)
        if prefix is not None:
            source.types.update({f"{prefix}.{name}" if prefix else name: kind for name, kind in other.types.items()})
    return source


def read_elements(source: Source, named: Mapping[Key, Xml]) -> Iterator[Element]:
    """Read all elements of a file; `named` holds the XML of every element that can be referred to."""
    for xml in children(source.root, *_KINDS):
        yield _READERS[local_name(xml)](xml, source, named)


def element_keys(source: Source) -> dict[Key, Xml]:
    """Index the elements of a file by namespace and id; DecisionModelError for a double id."""
    found: dict[Key, Xml] = {}
    for xml in children(source.root, *_KINDS):
        key = _key(xml, source)
        if key in found:
            raise DecisionModelError("double_id", id=key[1])
        found[key] = xml
    return found


def _key(xml: Xml, source: Source) -> Key:
    return source.namespace, xml.get("id") or name_of(xml)


def _requirement(xml: Xml, source: Source, named: Mapping[Key, Xml]) -> Requirement:
    namespace, _, identifier = (xml.get("href") or "").rpartition("#")
    key = (namespace or source.namespace, identifier)
    target = named.get(key)
    if target is None:
        raise DecisionModelError("unknown_reference", reference=xml.get("href") or "")
    return Requirement(name_of(target), key, source.imports.get(namespace, "") if namespace else "")


def _requirements(xml: Xml, source: Source, named: Mapping[Key, Xml]) -> tuple[Requirement, ...]:
    return tuple(
        _requirement(reference, source, named)
        for requirement in children(xml, *_REQUIREMENTS)
        for reference in children(requirement)
        if reference.get("href")
    )


def _reader(xml: Xml, source: Source, requirements: Iterable[Requirement]) -> Reader:
    names = [name for requirement in requirements for name in (requirement.name, requirement.group) if name]
    return Reader(name_of(xml), name_indexes([*names, *source.functions], BUILTINS), source.types, source.problems)


def _variable_type(xml: Xml) -> str | None:
    variable = child(xml, "variable")
    return variable.get("typeRef") if variable is not None else None


def _input_data(xml: Xml, source: Source, named: Mapping[Key, Xml]) -> InputData:
    return InputData(_key(xml, source), name_of(xml), type_named(_variable_type(xml), source.types))


def _decision(xml: Xml, source: Source, named: Mapping[Key, Xml]) -> Decision:
    requirements = _requirements(xml, source, named)
    reader = _reader(xml, source, requirements)
    node = typed(read_boxed(xml, reader) or syntax.Literal(0, None), _variable_type(xml), reader)
    code = compile_node(node, Surroundings(BUILTINS, depth=1))
    expected = type_named(_variable_type(xml), source.types)
    names, calls, tables = _reads(node, source), _calls(node, source), tables_in(node)
    return Decision(_key(xml, source), name_of(xml), requirements, code, names, calls, tables, expected)


def _knowledge(xml: Xml, source: Source, named: Mapping[Key, Xml]) -> Knowledge:
    requirements = _requirements(xml, source, named)
    reader = _reader(xml, source, requirements).knowing([name_of(xml)])
    logic = child(xml, "encapsulatedLogic")
    node = read_function(logic, reader, name_of(xml)) if logic is not None else syntax.Literal(0, None)
    code = compile_node(node, Surroundings(BUILTINS, depth=1))
    names, calls, tables = _reads(node, source), _calls(node, source), tables_in(node)
    return Knowledge(_key(xml, source), name_of(xml), requirements, code, names, calls, tables)


def _service(xml: Xml, source: Source, named: Mapping[Key, Xml]) -> Service:
    inputs, given, outputs = (
        tuple(_requirement(reference, source, named) for reference in children(xml, part))
        for part in ("inputData", "inputDecision", "outputDecision")
    )
    if not outputs:
        raise DecisionModelError("service_without_output", id=xml.get("id") or "")
    return Service(
        _key(xml, source), name_of(xml), inputs, given, outputs, type_named(_variable_type(xml), source.types)
    )


_READERS: dict[str, Callable[[Xml, Source, Mapping[Key, Xml]], Element]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}


def _reads(node: syntax.Node, source: Source) -> frozenset[str]:
    return free_names(node) - BUILTINS.keys() - source.functions - {"?"}


def _calls(node: syntax.Node, source: Source) -> frozenset[str]:
    return unknown_calls(node, BUILTINS.keys() | source.functions)
