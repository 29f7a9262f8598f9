"""What differs between two bundles, as facts: elements of the diagrams, fields of forms, lines of tables and texts.

Shapes that were only moved are no difference: nothing runs otherwise.
"""

import codecs
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import orjson
from lxml import etree

from workflows.engine.bundle import Bundle
from workflows.engine.content import Content, Functions, read_content
from workflows.engine.dialect import Element, Flow, ParsedProcess
from workflows.forms.schema import opened

POLICY = "hit policy: "
DECISION, NEEDS, TYPE, STEP = "decision: ", "needs: ", "type: ", "step: "
"""What stands before the lines of a decision model that are no expression."""
"""How the line of a table begins that names its hit policy and, behind a slash, how its results are put together."""

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
UNTOLD = frozenset({"id", "process", "incoming", "outgoing", "caches"})
"""What of an element is drawing or told by its flows."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One property that differs; ``name`` is dotted (``assignment.due``), a missing value is empty."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One element, flow, field or file that differs; ``what`` is ``added``, ``removed`` or ``changed``."""

    what: str
    key: str
    name: str
    kind: str
    traits: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """A text or table line by line: ``-`` was there, ``+`` is there, a blank stays."""

    what: str
    path: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs; ``forms`` by form id, ``texts`` and ``tables`` line by line."""

    elements: tuple[Difference, ...]
    flows: tuple[Difference, ...]
    forms: Mapping[str, tuple[Difference, ...]]
    tables: tuple[Lines, ...]
    texts: tuple[Lines, ...]
    translations: Mapping[str, tuple[Difference, ...]]

    @property
    def is_empty(self) -> bool:
        """Whether both do and say the same."""
        return not (self.elements or self.flows or self.forms or self.tables or self.texts or self.translations)


def compare(old: Bundle, new: Bundle, functions: Functions) -> Comparison:
    """What ``new`` does or says otherwise than ``old``; what cannot be read counts as having nothing in it."""
    before, after = read_content(old, functions), read_content(new, functions)
    return Comparison(
        elements=tuple(_elements(before, after)),
        flows=tuple(_flows(before, after)),
        forms={key: found for key, found in _forms(old, new, before, after) if found},
        tables=tuple(_by_line(old.files, new.files, ".dmn", _rules)),
        texts=tuple(_by_line(old.files, new.files, ".txt", _words)),
        translations={path: found for path, found in _translations(old, new) if found},
    )


def compare_scenarios(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[Lines, ...]:
    """What the scenarios of a draft (by path) tell otherwise than those of its process."""
    return tuple(_by_line(old, new, ".yaml", _words))


def _elements(before: Content, after: Content) -> Iterator[Difference]:
    old, new = _parsed(before, "elements"), _parsed(after, "elements")
    yield from _differences(old, new, lambda each: (each.name or each.id, each.kind), _flat)


def _flows(before: Content, after: Content) -> Iterator[Difference]:
    old, new = _parsed(before, "flows"), _parsed(after, "flows")
    ends = {**_parsed(before, "elements"), **_parsed(after, "elements")}

    def called(flow: Flow) -> tuple[str, str]:
        # A draft may hold an arrow to what is not there, or is nothing that runs.
        between = (ends[key].name or key if key in ends else key or "?" for key in (flow.source, flow.target))
        return flow.name or " → ".join(between), "flow"

    yield from _differences(old, new, called, _flat)


def _parsed(content: Content, what: str) -> Mapping[str, Any]:
    parsed: ParsedProcess | None = content.parsed
    return {} if parsed is None else getattr(parsed, what)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], told: Any, flat: Any) -> Iterator[Difference]:
    for key in [*new, *(key for key in old if key not in new)]:
        name, kind = told(new.get(key) if key in new else old[key])
        if key not in old:
            yield Difference(ADDED, key, name, kind, tuple(_traits({}, flat(new[key]))))
        elif key not in new:
            yield Difference(REMOVED, key, name, kind)
        elif traits := tuple(_traits(flat(old[key]), flat(new[key]))):
            yield Difference(CHANGED, key, name, kind, traits)


def _traits(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Trait]:
    for name in [*after, *(name for name in before if name not in after)]:
        if before.get(name, "") != after.get(name, ""):
            yield Trait(name, before.get(name, ""), after.get(name, ""))


def _flat(thing: Element | Flow) -> dict[str, str]:
    return dict(_told(thing, ""))


def _told(thing: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for each in fields(thing):
        value, name = getattr(thing, each.name), f"{prefix}{each.name}"
        if each.name in UNTOLD or value is None or value == ():
            continue
        if is_dataclass(value):
            yield from _told(value, f"{name}.")
        elif isinstance(value, tuple):
            yield name, "\n".join(_line(item) for item in value)
        elif value != each.default or isinstance(value, str):
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _line(item: Any) -> str:
    return f"{item.target} = {item.source.removeprefix('=')}" if hasattr(item, "target") else str(item)


def _forms(old: Bundle, new: Bundle, before: Content, after: Content) -> Iterator[tuple[str, tuple[Difference, ...]]]:
    for form_id in [*after.form_files, *(each for each in before.form_files if each not in after.form_files)]:
        left = _components(old, before.form_files.get(form_id))
        right = _components(new, after.form_files.get(form_id))
        told = _differences(left, right, lambda each: (each.get("label", each.get("key", "")), each["type"]), dict)
        yield form_id, tuple(told)


def _components(bundle: Bundle, path: str | None) -> dict[str, dict[str, str]]:
    """Every component of a form by key, else by id; its properties as dotted names and text."""
    if path is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    queue = list(opened(bundle.files[path])["components"])
    for number, component in enumerate(queue):
        queue.extend(component.get("components", []))
        plain = {name: value for name, value in component.items() if name not in {"id", "components", "layout"}}
        key = str(component.get("key") or component.get("id") or number)
        found[key] = dict(_dotted(plain, ""))
    return found


def _dotted(value: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _dotted(inner, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list):
        yield prefix, "\n".join(_option(each) for each in value)
    else:
        yield prefix, str(value).lower() if isinstance(value, bool) else str(value)


def _option(value: Any) -> str:
    return f"{value.get('label', '')} ({value.get('value', '')})" if isinstance(value, dict) else str(value)


def _translations(old: Bundle, new: Bundle) -> Iterator[tuple[str, tuple[Difference, ...]]]:
    left = {path: _table(data) for path, _, data in old.translations()}
    right = {path: _table(data) for path, _, data in new.translations()}
    for path in sorted({*left, *right}):
        yield (
            path,
            tuple(
                _differences(left.get(path, {}), right.get(path, {}), lambda each: (each["text"], "translation"), dict)
            ),
        )


def _table(data: bytes) -> dict[str, dict[str, str]]:
    try:
        table = orjson.loads(data.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        return {}
    entries = table.items() if isinstance(table, dict) else ()
    return {german: {"text": str(each.get("text", ""))} for german, each in entries if isinstance(each, dict)}


def _by_line(old: Mapping[str, bytes], new: Mapping[str, bytes], ending: str, lines: Any) -> Iterator[Lines]:
    for path in sorted(path for path in {*old, *new} if path.endswith(ending)):
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        what = ADDED if before is None else REMOVED if after is None else CHANGED
        told = list(_diff(lines(before or b""), lines(after or b"")))
        if any(mark != " " for mark, _ in told):
            yield Lines(what, path, tuple(told))


def _diff(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for line in difflib.ndiff(before, after):
        if line[0] in "-+ ":
            yield line[0], line[2:]


def _words(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").splitlines()


def _rules(data: bytes) -> list[str]:
    """A decision model as lines: each rule with its conditions and results, each expression, in the order written."""
    if not data:
        return []
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return _words(data)
    names = {f"#{each.get('id')}": _called(each) for each in root}
    kinds = ("decisionTable", "rule", "inputExpression", "literalExpression", "output", "decision", "contextEntry")
    nodes = root.iter(*(f"{{*}}{kind}" for kind in kinds))
    return [line for node in nodes for line in _lines_of(node, names) if line]


def _lines_of(node: Any, names: Mapping[str, str]) -> list[str]:
    kind = etree.QName(node).localname
    variable = node.find("{*}variable")
    if kind == "decision":
        needs = (names.get(each.get("href", ""), each.get("href", "")) for each in node.iterfind("{*}*/{*}*[@href]"))
        told = [f"{DECISION}{_called(node)}", *(f"{NEEDS}{each}" for each in needs)]
        return [*told, f"{TYPE}{variable.get('typeRef')}"] if variable is not None and variable.get("typeRef") else told
    if kind == "contextEntry":
        return [] if variable is None else [f"{STEP}{variable.get('name', '')}"]
    return _inner(node).splitlines() if kind == "literalExpression" else [_row(node)]


def _called(element: Any) -> str:
    """What people call it, and the name that formulas use where that is another."""
    name, label = element.get("name", ""), element.get("label", "")
    return f"{label} ({name})" if label and label != name else name


def _row(node: Any) -> str:
    kind = etree.QName(node).localname
    if kind == "decisionTable":
        return f"{POLICY}{node.get('hitPolicy', 'UNIQUE')}/{node.get('aggregation') or ''}"
    if kind == "rule":
        return f"{_cells(node, 'inputEntry')} → {_cells(node, 'outputEntry')}"
    return f"→ {node.get('label') or node.get('name') or ''}" if kind == "output" else _inner(node)


def _cells(rule: Any, kind: str) -> str:
    return " | ".join(_inner(cell) or "–" for cell in rule.iterfind(f"{{*}}{kind}"))


def _inner(node: Any) -> str:
    return "".join(str(text) for text in node.itertext()).strip()
