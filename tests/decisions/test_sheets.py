"""Decision tables as sheets of text: changed cell by cell, everything else in the file stays."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from workflows.decisions import parse_decisions, sheets
from workflows.decisions.errors import DecisionModelError
from workflows.decisions.sheets import Row, Sheet
from workflows.operators import FUNCTIONS

BUNDLED = sorted((Path(__file__).parents[2] / "bpmn").glob("*/*.dmn"))
WAY = Path(__file__).parents[2] / "bpmn" / "enquiry" / "proposed_way.dmn"
CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20
)


def canonical(xml: bytes) -> str:
    """The file without what means nothing: blanks between elements, the order of attributes."""
    parser = etree.XMLParser(remove_blank_text=True)
    return str(etree.tostring(etree.fromstring(xml, parser), method="c14n2").decode())


def sheet_of(xml: bytes, decision: str) -> Sheet:
    return next(sheet for sheet in sheets.sheets(xml) if sheet.decision == decision)


def rewritten(xml: bytes, sheet: Sheet, rows: tuple[Row, ...]) -> bytes:
    return sheets.written(xml, sheet.decision, rows, hit_policy=sheet.hit_policy, aggregation=sheet.aggregation)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_what_nobody_changed_stays(path: Path) -> None:
    xml = path.read_bytes()
    for sheet in sheets.sheets(xml):
        assert canonical(rewritten(xml, sheet, sheet.rows)) == canonical(xml)


@given(st.data())
@settings(deadline=None)
def test_every_cell_reads_as_it_was_written(data: st.DataObject) -> None:
    xml = WAY.read_bytes()
    sheet = sheets.sheets(xml)[0]
    order = data.draw(st.permutations(sheet.rows))
    rows = tuple(
        Row(
            data.draw(st.sampled_from([row.id, ""])),
            tuple(data.draw(CELLS).strip() or "-" for _ in row.inputs),
            tuple(data.draw(CELLS).strip() for _ in row.outputs),
            tuple(data.draw(CELLS).strip() for _ in row.notes),
        )
        for row in order[: data.draw(st.integers(0, len(order)))]
    )
    found = sheet_of(rewritten(xml, sheet, rows), sheet.decision).rows
    assert [replace(row, id="") for row in found] == [replace(row, id="") for row in rows]
    assert len({row.id for row in found}) == len(found)
    assert [row.id for row, asked in zip(found, rows, strict=True) if asked.id] == [row.id for row in rows if row.id]


def test_a_moved_rule_keeps_its_id_and_a_new_one_decides() -> None:
    xml = WAY.read_bytes()
    sheet = sheets.sheets(xml)[0]
    new = Row("", ('"concert"', "-"), ('"own_offer"', '"Wir spielen selbst."'), ("Konzerte",))
    changed = rewritten(xml, sheet, (sheet.rows[1], sheet.rows[0], new))
    found = sheet_of(changed, sheet.decision)
    assert [row.id for row in found.rows][:2] == [sheet.rows[1].id, sheet.rows[0].id]
    result = parse_decisions(changed, functions=FUNCTIONS.keys()).evaluate(
        "proposed_way", {"choice": "concert", "topics": []}, functions=FUNCTIONS
    )
    assert result.value == [{"way": "own_offer", "reason": "Wir spielen selbst."}]
    assert [rule.description for rule in result.explanation[0].rules] == ["Konzerte"]


def test_columns_come_and_go() -> None:
    xml = WAY.read_bytes()
    sheet = sheets.sheets(xml)[0]
    wider = sheets.with_column(xml, sheet.decision, "input", "Sprache", "language")
    wider = sheets.with_column(wider, sheet.decision, "output", "Eile", "urgency")
    found = sheet_of(wider, sheet.decision)
    assert [column.source for column in found.inputs] == ["choice", "topics", "language"]
    assert {row.inputs[2] for row in found.rows} == {"-"}
    assert {row.outputs[2] for row in found.rows} == {""}
    assert parse_decisions(wider, functions=FUNCTIONS.keys()).problems == ()
    narrow = sheets.without_column(
        sheets.without_column(wider, sheet.decision, "input", 2), sheet.decision, "output", 2
    )
    assert canonical(narrow) == canonical(xml)
    with pytest.raises(KeyError):
        sheets.without_column(sheets.new("a", "A", "x", "y"), "a", "output", 0)


MIXED = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="n" name="m">
<decision id="way" name="Weg"><decisionTable hitPolicy="FIRST">
<input id="i"><inputExpression id="e"><text>choice</text></inputExpression></input><output id="o" name="way"/>
<annotation name="Warum"/><annotation name="Quelle"/>
<rule id="one"><description>Wer fragt</description><inputEntry id="a"><text>"rooms"</text></inputEntry>
<outputEntry id="b"><text>"refer"</text></outputEntry>
<annotationEntry><text>Raum</text></annotationEntry><annotationEntry><text>Satzung</text></annotationEntry></rule>
<rule id="two"><inputEntry id="c"><text>-</text></inputEntry>
<outputEntry id="d"><text>"answer"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_every_annotation_of_a_rule_is_a_column_and_its_description_too() -> None:
    sheet = sheet_of(MIXED, "way")
    assert (sheet.notes, sheet.is_described) == (("", "Warum", "Quelle"), True)
    assert [row.notes for row in sheet.rows] == [("Wer fragt", "Raum", "Satzung"), ("", "", "")]
    assert canonical(rewritten(MIXED, sheet, sheet.rows)) == canonical(MIXED)
    other = replace(sheet.rows[1], notes=("", "", "Ortsrecht"))
    changed = rewritten(MIXED, sheet, (replace(sheet.rows[0], notes=("Wer", "", "Satzung")), other))
    assert [row.notes for row in sheet_of(changed, "way").rows] == [("Wer", "", "Satzung"), ("", "", "Ortsrecht")]
    (explained,) = parse_decisions(changed).evaluate("way", {"choice": "rooms"}).explanation[0].rules
    assert explained.description == "Wer; Satzung"


def test_annotations_come_and_go() -> None:
    wider = sheets.with_column(MIXED, "way", "annotation", "Stand", "")
    assert sheet_of(wider, "way").notes == ("", "Warum", "Quelle", "Stand")
    assert parse_decisions(wider).problems == ()
    fewer = sheets.without_column(sheets.without_column(wider, "way", "annotation", 2), "way", "annotation", 0)
    assert [row.notes for row in sheet_of(fewer, "way").rows] == [("Wer fragt", "Satzung"), ("", "")]
    plain = sheets.new("office", "Stelle", "choice", "office")
    assert sheet_of(plain, "office").notes == ("",)
    assert sheet_of(sheets.with_column(plain, "office", "annotation", "Warum", ""), "office").notes == ("Warum",)


def test_a_new_table_can_be_read_and_filled() -> None:
    xml = sheets.new("office", 'Zuständige "Stelle" & mehr', "choice", "office")
    sheet = sheets.sheets(xml)[0]
    assert (sheet.name, sheet.rows) == ('Zuständige "Stelle" & mehr', ())
    filled = sheets.written(xml, "office", [Row("", ('"rooms"',), ('"culture"',))], hit_policy="FIRST")
    assert parse_decisions(filled).evaluate("office", {"choice": "rooms"}).value == "culture"


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        sheets.written(WAY.read_bytes(), "nowhere", [], hit_policy="FIRST")
    with pytest.raises(DecisionModelError):
        sheets.written(WAY.read_bytes(), "proposed_way", [], hit_policy="SOMEHOW")
    with pytest.raises(DecisionModelError):
        sheets.sheets(b"<x/>")
