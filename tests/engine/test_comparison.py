"""Two bundles compared: what runs or reads otherwise is told, what was only moved in the drawing is not."""

import re
from pathlib import Path

import pytest

from workflows.engine import bundle
from workflows.engine.bundle import Bundle
from workflows.engine.comparison import POLICY, Comparison, compare
from workflows.engine.office_functions import OFFICE_FUNCTIONS

BUNDLES = Path(__file__).parents[2] / "bpmn"
HOUSE = sorted(path.name for path in BUNDLES.iterdir() if path.is_dir())


def changed(held: Bundle, path: str, old: bytes, new: bytes) -> Bundle:
    assert old in held.files[path]
    return Bundle(held.key, {**held.files, path: held.files[path].replace(old, new)})


def told(old: Bundle, new: Bundle) -> Comparison:
    return compare(old, new, OFFICE_FUNCTIONS)


@pytest.fixture
def referral() -> Bundle:
    return bundle.read(BUNDLES / "referral")


@pytest.mark.parametrize("key", HOUSE)
def test_a_bundle_does_not_differ_from_itself(key: str) -> None:
    held = bundle.read(BUNDLES / key)
    assert told(held, held).is_empty


@pytest.mark.parametrize("key", HOUSE)
def test_everything_is_new_beside_nothing_and_gone_the_other_way(key: str) -> None:
    held, nothing = bundle.read(BUNDLES / key), Bundle(key, {})
    there, back = told(nothing, held), told(held, nothing)
    assert {each.what for each in (*there.elements, *there.flows)} == {"added"}
    assert {each.what for each in (*back.elements, *back.flows)} == {"removed"}
    assert there.forms.keys() == back.forms.keys()
    assert len(there.texts) == len(back.texts) == len(list(held.texts()))


def test_a_moved_shape_is_no_difference(referral: Bundle) -> None:
    moved = re.sub(rb'(<dc:Bounds x=")\d+', rb"\g<1>77", referral.files["referral.bpmn"])
    assert moved != referral.files["referral.bpmn"]
    assert told(referral, Bundle("referral", {**referral.files, "referral.bpmn": moved})).is_empty


def test_an_arrow_that_leads_to_nothing_is_compared_like_any_other(referral: Bundle) -> None:
    """A step that does not run here, such as an ad-hoc subprocess of another tool, once broke the page of changes."""
    arrow = b'<bpmn:sequenceFlow id="lost" targetRef="nothing"/></bpmn:process>'
    xml = referral.files["referral.bpmn"].replace(b"</bpmn:process>", arrow, 1)
    (lost,) = told(referral, Bundle("referral", {**referral.files, "referral.bpmn": xml})).flows
    assert (lost.what, lost.name) == ("added", "? → nothing")


def test_a_new_name_and_deadline_are_told_with_before_and_after(referral: Bundle) -> None:
    due = re.search(rb'dueDate="([^"]+)"', referral.files["referral.bpmn"])
    assert due
    new = changed(referral, "referral.bpmn", due[0], b'dueDate="=working days(today(), 77)"')
    (task, *_others) = told(referral, new).elements
    assert task.what == "changed"
    assert ("assignment.due", "=working days(today(), 77)") in {(each.name, each.after) for each in task.traits}


def test_fields_of_a_form_are_told_by_key(referral: Bundle) -> None:
    new = changed(referral, "answer_referral.form", b'"contact_person"', b'"contact_human"')
    found = {(each.what, each.key) for each in told(referral, new).forms["answer_referral"]}
    assert {("added", "contact_human"), ("removed", "contact_person")} <= found


def test_texts_and_tables_are_told_line_by_line() -> None:
    referral = bundle.read(BUNDLES / "referral")
    new = changed(referral, "texts/referral_offer.de.txt", b"Guten Tag,", b"Hallo,")
    (text,) = told(referral, new).texts
    assert [each for each in text.lines if each[0] != " "] == [("-", "Guten Tag,"), ("+", "Hallo,")]
    held = next(each for each in map(bundle.read, sorted(BUNDLES.iterdir())) if each.of_kind(".dmn"))
    path, data = next(iter(held.of_kind(".dmn").items()))
    rule = re.search(rb"<(\w+:)?outputEntry[^>]*>\s*<(\w+:)?text>([^<]+)<", data)
    assert rule
    (table,) = told(held, changed(held, path, rule[3] + b"<", b'"ganz anders"<')).tables
    assert any(mark == "+" and "ganz anders" in line for mark, line in table.lines)


def test_which_rows_of_a_table_count_is_told() -> None:
    held = bundle.read(BUNDLES / "enquiry")
    path, data = next((path, data) for path, data in held.of_kind(".dmn").items() if b'hitPolicy="COLLECT"' in data)
    (table,) = told(held, changed(held, path, b'hitPolicy="COLLECT"', b'hitPolicy="UNIQUE"')).tables
    assert ("+", f"{POLICY}UNIQUE/") in table.lines
    assert ("-", f"{POLICY}COLLECT/") in table.lines


@pytest.mark.parametrize("path", ["referral.bpmn", "answer_referral.form", "translations/en.json"])
def test_what_cannot_be_read_breaks_nothing(referral: Bundle, path: str) -> None:
    broken = Bundle("referral", {**referral.files, path: b"\xff<{"})
    assert not told(referral, broken).is_empty
    assert not told(broken, referral).is_empty
