"""Decision tables as sheets of text that people change cell by cell; the rest of the file stays as it is.

A rule keeps its id while it is moved or changed, so that two versions can be compared row by row.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from workflows.decisions.errors import DecisionModelError
from workflows.decisions.tables import AGGREGATIONS, HIT_POLICIES
from workflows.decisions.xml import Element, child, children, local_name, name_of, namespace, read_definitions, text_of

MOST_RULES = 500
MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Column:
    """An input (``source`` is its expression) or an output (``source`` is the name of its value)."""

    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as it is written; ``id`` is empty for a new one."""

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One decision table."""

    decision: str
    name: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]


def sheets(xml: bytes) -> list[Sheet]:
    """Every decision of a file that is a table; raises ``DecisionModelError``."""
    return [_sheet(decision, table) for decision, table in _tables(read_definitions(xml))]


def _tables(root: Element) -> Iterator[tuple[Element, Element]]:
    for decision in children(root, "decision"):
        table = child(decision, "decisionTable")
        if table is not None:
            yield decision, table


def _sheet(decision: Element, table: Element) -> Sheet:
    inputs = tuple(_input(column) for column in children(table, "input"))
    outputs = tuple(Column(each.get("label") or name_of(each), name_of(each)) for each in children(table, "output"))
    policy = table.get("hitPolicy", "UNIQUE")
    return Sheet(
        decision=decision.get("id") or name_of(decision),
        name=name_of(decision),
        hit_policy=policy if policy in HIT_POLICIES else "UNIQUE",
        aggregation=table.get("aggregation") or "",
        inputs=inputs,
        outputs=outputs,
        rows=tuple(_row(rule, len(inputs), len(outputs)) for rule in children(table, "rule")),
    )


def _input(column: Element) -> Column:
    source = text_of(child(column, "inputExpression"))
    return Column(column.get("label") or source, source)


def _row(rule: Element, inputs: int, outputs: int) -> Row:
    return Row(
        id=rule.get("id") or "",
        inputs=_filled([text_of(entry) for entry in children(rule, "inputEntry")], inputs),
        outputs=_filled([text_of(entry) for entry in children(rule, "outputEntry")], outputs),
        note=_note(rule),
    )


def _filled(texts: Sequence[str], count: int) -> tuple[str, ...]:
    return (*texts[:count], *[""] * (count - len(texts)))


def _note(rule: Element) -> str:
    description = child(rule, "description")
    if description is not None:
        return "".join(str(part) for part in description.itertext()).strip()
    return text_of(child(rule, "annotationEntry"))


def written(xml: bytes, decision: str, rows: Sequence[Row], *, hit_policy: str, aggregation: str = "") -> bytes:
    """The file with these rules in this order; a rule of an unknown or repeated id is a new one.

    Raises ``DecisionModelError``; ``KeyError`` for a decision that is no table of the file.
    """
    root, table = _open(xml, decision)
    if len(rows) > MOST_RULES or hit_policy not in HIT_POLICIES or (aggregation and aggregation not in AGGREGATIONS):
        raise DecisionModelError("too_large", most=str(MOST_RULES))
    _set(table, "hitPolicy", hit_policy, "UNIQUE")
    _set(table, "aggregation", aggregation if hit_policy == "COLLECT" else "", "")
    before = {rule.get("id") or "": rule for rule in children(table, "rule")}
    taken = _ids(root)
    old = list(children(table, "rule"))
    kept: list[Element] = []
    for row in rows:
        rule = before.pop(row.id, None) if row.id else None
        rule = _new_rule(table, taken) if rule is None else rule
        _fill(table, rule, row, taken)
        kept.append(rule)
    tails = [rule.tail for rule in old] or ["\n    "]
    for rule in old:
        table.remove(rule)
    for index, rule in enumerate(kept):
        rule.tail = tails[0] if index < len(kept) - 1 else tails[-1]
        table.append(rule)
    return _bytes(root)


def with_column(xml: bytes, decision: str, kind: str, label: str, source: str) -> bytes:
    """The file with one more input (``source`` is its expression) or output (its name) at the end of its kind.

    In every rule the new input takes anything and the new output is empty. Raises as ``written``.
    """
    root, table = _open(xml, decision)
    same = list(children(table, kind))
    if len(same) >= MOST_COLUMNS:
        raise DecisionModelError("too_large", most=str(MOST_COLUMNS))
    taken = _ids(root)
    column = _element(table, kind, _free(f"{decision}_{kind}", taken))
    column.set("label", label)
    if kind == "input":
        expression = _element(table, "inputExpression", _free(f"{decision}_expression", taken))
        _put_text(expression, source)
        column.append(expression)
    else:
        column.set("name", source)
    _insert_after(table, same or list(children(table, "input")), column)
    entry = f"{kind}Entry"
    for rule in children(table, "rule"):
        cell = _element(table, entry, _free(f"{rule.get('id') or 'rule'}_{kind}", taken))
        _put_text(cell, "-" if kind == "input" else "")
        _insert_after(rule, list(children(rule, entry)) or list(children(rule, "inputEntry")), cell)
    return _bytes(root)


def without_column(xml: bytes, decision: str, kind: str, index: int) -> bytes:
    """The file without one input or output and its cells; the last output stays. Raises as ``written``."""
    root, table = _open(xml, decision)
    columns = list(children(table, kind))
    if not 0 <= index < len(columns) or (kind == "output" and len(columns) == 1):
        raise KeyError(kind)
    table.remove(columns[index])
    for rule in children(table, "rule"):
        cells = list(children(rule, f"{kind}Entry"))
        if index < len(cells):
            rule.remove(cells[index])
    return _bytes(root)


def new(key: str, name: str, source: str, result: str) -> bytes:
    """A file with one table of one input and one output, without rules."""
    space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    root = read_definitions(f'<definitions xmlns="{space}" namespace="http://camunda.org/schema/1.0/dmn"/>'.encode())
    root.set("id", f"{key}_definitions")
    root.set("name", name)
    decision = etree.SubElement(root, f"{{{space}}}decision", id=key, name=name)
    table = etree.SubElement(decision, f"{{{space}}}decisionTable", id=f"{key}_table", hitPolicy="UNIQUE")
    column = etree.SubElement(table, f"{{{space}}}input", id=f"{key}_input", label=source)
    expression = etree.SubElement(column, f"{{{space}}}inputExpression", id=f"{key}_expression")
    etree.SubElement(expression, f"{{{space}}}text").text = source
    etree.SubElement(table, f"{{{space}}}output", id=f"{key}_output", label=result, name=result)
    etree.indent(root)
    return _bytes(root)


def _open(xml: bytes, decision: str) -> tuple[Element, Element]:
    root = read_definitions(xml)
    for owner, table in _tables(root):
        if decision in (owner.get("id"), name_of(owner)):
            return root, table
    raise KeyError(decision)


def _set(element: Element, name: str, value: str, default: str) -> None:
    if element.get(name, default) == value:
        return
    if value != default:
        element.set(name, value)
    elif name in element.attrib:
        del element.attrib[name]


def _new_rule(table: Element, taken: set[str]) -> Element:
    return _element(table, "rule", _free(f"{table.get('id') or 'table'}_rule", taken))


def _fill(table: Element, rule: Element, row: Row, taken: set[str]) -> None:
    for kind, texts, empty in (("inputEntry", row.inputs, "-"), ("outputEntry", row.outputs, "")):
        cells = list(children(rule, kind))
        for index, text in enumerate(texts):
            if index == len(cells):
                cell = _element(table, kind, _free(f"{rule.get('id') or 'rule'}_{kind}", taken))
                _insert_after(rule, cells or list(children(rule, "inputEntry")), cell)
                cells.append(cell)
                _put_text(cell, text or empty)
            elif text_of(cells[index]) != text:
                _put_text(cells[index], text or empty)
    if _note(rule) != row.note:
        _put_note(table, rule, row.note)


def _put_note(table: Element, rule: Element, note: str) -> None:
    description, entry = child(rule, "description"), child(rule, "annotationEntry")
    if description is not None or (entry is None and child(table, "annotation") is None):
        if description is None:
            description = _element(table, "description", "")
            rule.insert(0, description)
        description.text = note
        return
    if entry is None:
        entry = _element(table, "annotationEntry", "")
        rule.append(entry)
    _put_text(entry, note)


def _put_text(cell: Element, text: str) -> None:
    inner = child(cell, "text")
    if inner is None:
        inner = _element(cell, "text", "")
        cell.append(inner)
    for part in list(inner):
        inner.remove(part)
    inner.text = text


def _element(near: Element, name: str, identifier: str) -> Element:
    element = etree.Element(f"{{{namespace(near)}}}{name}")
    if identifier:
        element.set("id", identifier)
    return element


def _insert_after(parent: Element, before: Sequence[Element], element: Element) -> None:
    """Behind the last of ``before``, else behind a description, else first."""
    if before:
        last = before[-1]
        element.tail, place = last.tail, parent.index(last) + 1
    else:
        place = 1 if len(parent) and local_name(parent[0]) == "description" else 0
    parent.insert(place, element)


def _ids(root: Element) -> set[str]:
    return {element.get("id") or "" for element in root.iter()}


def _free(wanted: str, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", wanted)
    name = next(name for number in range(1, len(taken) + 2) if (name := f"{plain}_{number}") not in taken)
    taken.add(name)
    return name


def _bytes(root: Element) -> bytes:
    body: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body.rstrip() + b"\n"
