"""Decision tables as sheets of text that people change cell by cell; the rest of the file stays as it is.

A rule keeps its id while it is moved or changed, so that two versions can be compared row by row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from workflows.decisions.errors import DecisionModelError
from workflows.decisions.tables import AGGREGATIONS, HIT_POLICIES
from workflows.decisions.writing import element_near, file_of, free_id, ids, insert_after, put_text
from workflows.decisions.xml import Element, child, children, name_of, namespace, read_definitions, text_of, title_of

MOST_RULES = 500
MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Column:
    """An input (``source`` is its expression) or an output (``source`` is the name of its value)."""

    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as it is written; ``id`` is empty for a new one, ``notes`` are its annotations."""

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One decision table; ``notes`` are the headings of its annotations.

    The first of them, without a heading, is the rules' own description where ``is_described``.
    """

    decision: str
    name: str
    title: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    notes: tuple[str, ...]
    is_described: bool
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
    is_described, names = _annotations(table)
    return Sheet(
        decision=decision.get("id") or name_of(decision),
        name=name_of(decision),
        title=title_of(decision),
        hit_policy=policy if policy in HIT_POLICIES else "UNIQUE",
        aggregation=table.get("aggregation") or "",
        inputs=inputs,
        outputs=outputs,
        notes=("", *names) if is_described else names,
        is_described=is_described,
        rows=tuple(_row(rule, len(inputs), len(outputs), is_described, len(names)) for rule in children(table, "rule")),
    )


def _annotations(table: Element) -> tuple[bool, tuple[str, ...]]:
    """Whether rules carry a description of their own, and the headings of the annotations (DMN 1.5 §8.3.4)."""
    rules = list(children(table, "rule"))
    names = [clause.get("name") or "" for clause in children(table, "annotation")]
    most = max((sum(1 for _ in children(rule, "annotationEntry")) for rule in rules), default=0)
    names += [""] * (most - len(names))
    is_described = not names or any(child(rule, "description") is not None for rule in rules)
    return is_described, tuple(names)


def _input(column: Element) -> Column:
    source = text_of(child(column, "inputExpression"))
    return Column(column.get("label") or source, source)


def _row(rule: Element, inputs: int, outputs: int, is_described: bool, annotations: int) -> Row:
    notes = _filled([text_of(entry) for entry in children(rule, "annotationEntry")], annotations)
    return Row(
        id=rule.get("id") or "",
        inputs=_filled([text_of(entry) for entry in children(rule, "inputEntry")], inputs),
        outputs=_filled([text_of(entry) for entry in children(rule, "outputEntry")], outputs),
        notes=(_description(rule), *notes) if is_described else notes,
    )


def _filled(texts: Sequence[str], count: int) -> tuple[str, ...]:
    return (*texts[:count], *[""] * (count - len(texts)))


def _description(rule: Element) -> str:
    description = child(rule, "description")
    return "" if description is None else "".join(str(part) for part in description.itertext()).strip()


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
    taken = ids(root)
    old = list(children(table, "rule"))
    is_described = _annotations(table)[0]
    kept: list[Element] = []
    for row in rows:
        rule = before.pop(row.id, None) if row.id else None
        rule = _new_rule(table, taken) if rule is None else rule
        _fill(table, rule, row, taken)
        _put_notes(table, rule, row.notes, is_described)
        kept.append(rule)
    tails = [rule.tail for rule in old] or ["\n    "]
    for rule in old:
        table.remove(rule)
    for index, rule in enumerate(kept):
        rule.tail = tails[0] if index < len(kept) - 1 else tails[-1]
        table.append(rule)
    return file_of(root)


def with_column(xml: bytes, decision: str, kind: str, label: str, source: str) -> bytes:
    """The file with one more input (``source`` is its expression), output (its name) or annotation behind its kind.

    In every rule the new input takes anything, the others are empty. Raises as ``written``.
    """
    root, table = _open(xml, decision)
    same = list(children(table, kind))
    if len(same) >= MOST_COLUMNS:
        raise DecisionModelError("too_large", most=str(MOST_COLUMNS))
    taken = ids(root)
    if kind == "annotation":  # neither it nor its entries have an id (DMN 1.5 §8.3.4)
        column = element_near(table, kind, "")
        column.set("name", label)
    else:
        column = element_near(table, kind, free_id(f"{decision}_{kind}", taken))
        column.set("label", label)
    if kind == "input":
        expression = element_near(table, "inputExpression", free_id(f"{decision}_expression", taken))
        put_text(expression, source)
        column.append(expression)
    elif kind == "output":
        column.set("name", source)
    insert_after(table, same or list(children(table, "output")) or list(children(table, "input")), column)
    entry = f"{kind}Entry"
    for rule in children(table, "rule"):
        cell = element_near(
            table, entry, "" if kind == "annotation" else free_id(f"{rule.get('id') or 'rule'}_{kind}", taken)
        )
        put_text(cell, "-" if kind == "input" else "")
        before = [list(children(rule, each)) for each in (entry, "outputEntry", "inputEntry")]
        insert_after(rule, next((cells for cells in before if cells), []), cell)
    return file_of(root)


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
    return file_of(root)


def new(key: str, name: str, source: str, result: str) -> bytes:
    """A file with one table of one input and one output, without rules."""
    space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    root = read_definitions(f'<definitions xmlns="{space}" namespace="http://camunda.org/schema/1.0/dmn"/>'.encode())
    root.set("id", f"{key}_definitions")
    root.set("name", name)
    root.append(blank(root, key, name, source, result))
    etree.indent(root)
    return file_of(root)


def blank(root: Element, key: str, name: str, source: str = "", result: str = "result") -> Element:
    """A decision that is a table of one input and one output, without rules."""
    space = namespace(root)
    decision = etree.Element(f"{{{space}}}decision", id=key, name=name)
    table = etree.SubElement(decision, f"{{{space}}}decisionTable", id=f"{key}_table", hitPolicy="UNIQUE")
    if source:
        column = etree.SubElement(table, f"{{{space}}}input", id=f"{key}_input", label=source)
        expression = etree.SubElement(column, f"{{{space}}}inputExpression", id=f"{key}_expression")
        etree.SubElement(expression, f"{{{space}}}text").text = source
    etree.SubElement(table, f"{{{space}}}output", id=f"{key}_output", label=result, name=result)
    return decision


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
    return element_near(table, "rule", free_id(f"{table.get('id') or 'table'}_rule", taken))


def _fill(table: Element, rule: Element, row: Row, taken: set[str]) -> None:
    for kind, texts, empty in (("inputEntry", row.inputs, "-"), ("outputEntry", row.outputs, "")):
        cells = list(children(rule, kind))
        for index, text in enumerate(texts):
            if index == len(cells):
                cell = element_near(table, kind, free_id(f"{rule.get('id') or 'rule'}_{kind}", taken))
                insert_after(rule, cells or list(children(rule, "inputEntry")), cell)
                cells.append(cell)
                put_text(cell, text or empty)
            elif text_of(cells[index]) != text:
                put_text(cells[index], text or empty)


def _put_notes(table: Element, rule: Element, notes: Sequence[str], is_described: bool) -> None:
    """The description, where rules have one, then one annotation for each heading."""
    if is_described and notes:
        _put_description(table, rule, notes[0])
        notes = notes[1:]
    entries = list(children(rule, "annotationEntry"))
    for index, note in enumerate(notes):
        if index == len(entries):
            if not any(notes[index:]):
                return
            entry = element_near(table, "annotationEntry", "")
            rule.append(entry)
            entries.append(entry)
        if text_of(entries[index]) != note:
            put_text(entries[index], note)


def _put_description(table: Element, rule: Element, words: str) -> None:
    if _description(rule) == words:
        return
    description = child(rule, "description")
    if description is None:
        description = element_near(table, "description", "")
        rule.insert(0, description)
    for part in list(description):
        description.remove(part)
    description.text = words
