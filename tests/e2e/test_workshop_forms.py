"""The workshop's forms and tables in a real browser: kept while typing, seen in Arabic on a phone, overlaps caught."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.decisions.test_sheets import canonical
from tests.e2e.conftest import (
    DESKTOP,
    PASSWORD,
    PHONE,
    House,
    Visitor,
    accessibility_problems,
    overflow,
    scripts_late,
    sign_in,
)
from workflows.actions import workshop
from workflows.decisions import formulas, sheets
from workflows.decisions.sheets import Row
from workflows.domain import people

PATIENCE = 20_000


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Nothing here depends on the database; the whole loop runs on the other one."""
    return sqlite_database


@pytest.fixture
def draft(house: House) -> str:
    """The address of a draft of the enquiry process, begun by a process owner."""
    with house.begin() as tx:
        people.create(tx, "formulare@lotse.example", "Formulare", roles=["process_owner"], groups=[], password=PASSWORD)
        return f"{house.address}/workshop/drafts/{workshop.begin(tx, 'enquiry').id}"


def opened(house: House, visitor: Visitor, address: str, width: int = DESKTOP, *, javascript: bool = True) -> Page:
    """A process owner at this page."""
    page = visitor(width, javascript=javascript)
    sign_in(page, house, "formulare")
    page.goto(address)
    return page


def test_a_form_is_changed_while_typing_and_previewed_in_arabic_on_a_phone(
    house: House, visitor: Visitor, draft: str
) -> None:
    page = opened(house, visitor, f"{draft}/forms/enquiry")
    assert accessibility_problems(page) == []
    page.get_by_label("Beschriftung").fill("Wie viele Stühle?")
    page.get_by_label("Art", exact=True).select_option("number")
    page.get_by_role("button", name="Feld hinzufügen").click()
    note = page.locator("[data-field-note]")
    page.get_by_label("Hinweis").fill("Eine Zahl reicht.")
    expect(note).to_have_text("Gesichert.", timeout=PATIENCE)
    page.get_by_label("Ausblenden, wenn").fill("room_people >")
    expect(page.locator("#hide-live")).to_contain_text("fehlt")
    expect(note).to_contain_text("Ausblenden, wenn")
    page.get_by_label("Ausblenden, wenn").fill('choice != "rooms"')
    expect(page.locator("#hide-live")).to_have_text("")
    expect(note).to_have_text("Gesichert.", timeout=PATIENCE)
    assert accessibility_problems(page) == []
    page.goto(f"{draft}/translations/ar?form=enquiry")
    row = page.locator(".pair-row").filter(has_text="Wie viele Stühle?")
    expect(row.get_by_text("fehlt")).to_be_visible()
    row.get_by_role("textbox").fill("كم كرسياً؟")
    page.get_by_role("button", name="Übersetzungen speichern").click()
    assert accessibility_problems(page) == []
    page.goto(f"{draft}/forms/enquiry?in=ar")
    frame = page.frame_locator("[data-preview]")
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    expect(frame.get_by_text("كم كرسياً؟")).to_have_count(0)
    frame.get_by_label("قاعات", exact=True).check()
    expect(frame.get_by_text("كم كرسياً؟")).to_be_visible()
    width = page.locator("[data-preview]").bounding_box()
    assert width is not None
    assert 380 <= width["width"] <= 400


def test_what_is_typed_before_the_script_arrives_is_kept(house: House, visitor: Visitor, draft: str) -> None:
    page = opened(house, visitor, f"{draft}/forms/enquiry/fields/field_text")
    with scripts_late(page):
        page.goto(f"{draft}/forms/enquiry/fields/field_text", wait_until="commit")
        page.get_by_label("Hinweis").fill("Drei Sätze reichen.")
    expect(page.locator("[data-field-note]")).to_have_text("Gesichert.", timeout=PATIENCE)
    page.reload()
    expect(page.get_by_label("Hinweis")).to_have_value("Drei Sätze reichen.")


def test_the_preview_fits_a_phone_in_every_direction(house: House, visitor: Visitor, draft: str) -> None:
    page = opened(house, visitor, f"{draft}/forms/enquiry/preview?in=ar&all=1", PHONE)
    assert overflow(page) <= 0
    assert accessibility_problems(page) == []
    for path in ("forms", "forms/enquiry", "forms/triage/fields/field_ways", "translations", "translations/ar"):
        page.goto(f"{draft}/{path}")
        assert overflow(page) <= 0, path
    for path in ("tables", "tables/proposed_way", "texts", "texts/receipt?beside=ar"):
        page.goto(f"{draft}/{path}")
        assert overflow(page) <= 0, path
        assert accessibility_problems(page) == [], path
    for path in ("codes", "codes/topic", "codes/topic/rooms"):
        page.goto(f"{house.address}/workshop/{path}")
        assert overflow(page) <= 0, path
        assert accessibility_problems(page) == [], path


def test_a_table_with_an_overlap_is_caught_at_its_rows_by_keyboard_and_without_a_script(
    house: House, visitor: Visitor, draft: str
) -> None:
    page = opened(house, visitor, f"{draft}/tables", javascript=False)
    page.get_by_label("Was entscheidet sie?").fill("Raum")
    page.get_by_label("Nach welcher Angabe?").fill("people")
    page.get_by_label("Wie heißt das Ergebnis?").fill("room")
    page.keyboard.press("Enter")
    for number, (condition, result) in enumerate((("<= 20", '"small"'), (">= 20", '"hall"')), 1):
        page.get_by_role("button", name="Zeile hinzufügen").press("Enter")
        page.get_by_label(f"Zeile {number}, people").fill(condition)
        page.get_by_label(f"Zeile {number}, Ergebnis room").fill(result)
    page.get_by_role("button", name="Tabelle speichern").press("Enter")
    for number in (1, 2):
        finding = page.locator(f"#finding-{number}")
        expect(finding).to_contain_text("Regeln 1 und 2 treffen beide auf people = 20 zu.")
    page.locator("#trial summary").press("Enter")
    page.get_by_label("people", exact=True).fill("20")
    page.get_by_role("button", name="Ausprobieren").press("Enter")
    expect(page.get_by_text("treffen die Regeln 1, 2 zugleich zu")).to_be_visible()
    page.get_by_label("Zeile 2, people").fill("> 20")
    page.get_by_role("button", name="Tabelle speichern").press("Enter")
    expect(page.locator("[id^=finding]")).to_have_count(0)
    page.locator("#trial summary").press("Enter")
    page.get_by_label("people", exact=True).fill("21")
    page.get_by_role("button", name="Ausprobieren").press("Enter")
    expect(page.locator("tr.is-match")).to_have_attribute("id", "row-2")
    expect(page.get_by_text(re.compile("Ergebnis: hall"))).to_be_visible()


def test_a_table_is_changed_in_the_drawing_tool_and_keeps_everything_else(
    house: House, visitor: Visitor, draft: str
) -> None:
    page = opened(house, visitor, f"{draft}/tables/proposed_way/grid")
    page.wait_for_selector("[data-ready]")
    assert accessibility_problems(page) == []
    with house.begin() as tx:
        before = workshop.files(tx, int(draft.rpartition("/")[2]))["proposed_way.dmn"].data
    cell = page.locator("td.input-cell").first
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type('"concert"')
    expect(page.locator("[data-saving]")).to_have_text("Alles gespeichert", timeout=PATIENCE)
    with house.begin() as tx:
        after = workshop.files(tx, int(draft.rpartition("/")[2]))["proposed_way.dmn"].data
    old, new = sheets.sheets(before)[0], sheets.sheets(after)[0]
    first = replace(old.rows[0], inputs=('"concert"', *old.rows[0].inputs[1:]))
    assert new == replace(old, rows=(first, *old.rows[1:]))
    page.locator("[name='v.choice']").fill("concert")
    page.get_by_role("button", name="Ausprobieren").click()
    expect(page.locator("[data-told]")).to_contain_text("Es trifft zu: Zeile 1")
    expect(page.locator("tr.is-match")).to_have_count(1)


def test_the_drawing_tool_marks_the_rows_that_overlap_until_they_no_longer_do(
    house: House, visitor: Visitor, draft: str
) -> None:
    rows = [Row("", ("<= 20",), ('"small"',)), Row("", (">= 20",), ('"hall"',))]
    with house.begin() as tx:
        xml = sheets.written(sheets.new("room", "Raum", "people", "room"), "room", rows, hit_policy="UNIQUE")
        workshop.save(tx, int(draft.rpartition("/")[2]), {"room.dmn": xml})
    page = opened(house, visitor, f"{draft}/tables/room/grid")
    expect(page.locator("tr.is-wrong")).to_have_count(2)
    expect(page.locator("[data-rows]")).to_contain_text("Regeln 1 und 2 treffen beide auf people = 20 zu.")
    page.locator("td.input-cell").nth(1).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("> 20")
    expect(page.locator("[data-rows]")).to_have_text("Keine Befunde", timeout=PATIENCE)
    expect(page.locator("tr.is-wrong")).to_have_count(0)


def test_whoever_types_into_a_table_stays_signed_in_and_is_asked_before_leaving(
    house: House, visitor: Visitor, draft: str
) -> None:
    page = opened(house, visitor, f"{draft}/tables/proposed_way")
    with page.expect_response(lambda answer: answer.request.method == "HEAD") as told:
        page.locator("textarea.sheet__cell").first.press_sequentially(" ")
    assert told.value.status == 200
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{draft}/tables")
    assert asked == ["beforeunload"]


def test_two_at_one_form_see_each_other(house: House, visitor: Visitor, draft: str) -> None:
    with house.begin() as tx:
        people.create(tx, "zweite@lotse.example", "Zweite", roles=["process_owner"], groups=[], password=PASSWORD)
    first = opened(house, visitor, f"{draft}/forms/triage")
    second = visitor(DESKTOP)
    sign_in(second, house, "zweite")
    second.goto(f"{draft}/forms/triage")
    expect(second.locator("[data-here]")).to_have_text("Auch hier: Formulare")
    first.reload()
    expect(first.locator("[data-here]")).to_have_text("Auch hier: Zweite")


def test_a_mail_is_seen_while_it_is_written(house: House, visitor: Visitor, draft: str) -> None:
    page = opened(house, visitor, f"{draft}/texts/receipt?beside=ar")
    page.get_by_label("Deutsch", exact=True).fill("Betreff: Angekommen\n\nGuten Tag {{case.contact_name}}")
    expect(page.locator(".mail-seen__body").first).to_have_text("Guten Tag Frau Beispiel", timeout=PATIENCE)
    expect(page.locator("[data-text-note]")).to_have_text("Gesichert.")
    page.reload()
    expect(page.get_by_label("Deutsch", exact=True)).to_have_value(re.compile("^Betreff: Angekommen"))


def test_tables_that_need_each_other_survive_the_drawing_tool(house: House, visitor: Visitor, draft: str) -> None:
    with house.begin() as tx:
        funding = workshop.begin(tx, "funding").id
        before = workshop.files(tx, funding)["programmes.dmn"].data
    page = opened(house, visitor, f"{house.address}/workshop/drafts/{funding}/tables/city_integration/grid")
    page.wait_for_selector("[data-ready]")
    page.locator("td.input-cell").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.type('"never"')
    expect(page.locator("[data-saving]")).to_have_text("Alles gespeichert", timeout=PATIENCE)
    with house.begin() as tx:
        after = workshop.files(tx, funding)["programmes.dmn"].data
    changed = [pair for pair in zip(sheets.sheets(before), sheets.sheets(after), strict=True) if pair[0] != pair[1]]
    assert [new.decision for _old, new in changed] == ["city_integration"]
    assert canonical(before).replace('>"no", "unknown"<', '>"never"<', 1) == canonical(after)


def test_a_formula_is_written_by_keyboard_with_names_offered_and_faults_told(house: House, visitor: Visitor) -> None:
    with house.begin() as tx:
        people.create(tx, "formulare@lotse.example", "Formulare", roles=["process_owner"], groups=[], password=PASSWORD)
        funding = workshop.begin(tx, "funding").id
    draft = f"{house.address}/workshop/drafts/{funding}"
    page = opened(house, visitor, f"{draft}/formulas/matching_programmes")
    field = page.get_by_role("textbox", name="Formel", exact=True)
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("count(cult")
    expect(page.get_by_role("option", name=re.compile("^culture"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_have_value("count(culture")
    expect(page.locator("#text-live")).not_to_be_empty(timeout=PATIENCE)
    expect(field).to_have_attribute("aria-invalid", "true")
    assert accessibility_problems(page) == []
    page.keyboard.type(") + 1")
    expect(page.locator("#text-live")).to_be_empty(timeout=PATIENCE)
    page.get_by_role("button", name="Formel speichern").press("Enter")
    expect(page.get_by_text("Gespeichert.")).to_be_visible()
    with house.begin() as tx:
        kept = formulas.formulas(workshop.files(tx, funding)["programmes.dmn"].data)
    assert kept[0].text == "count(culture) + 1"
    page.goto(f"{draft}/graphs/programmes.dmn")
    page.wait_for_selector("[data-drawn]")
    expect(page.locator(".djs-shape")).to_have_count(13)
    expect(page.locator(".djs-connection")).to_have_count(12)
    assert accessibility_problems(page) == []
    page.set_viewport_size({"width": PHONE, "height": 800})
    for path in ("formulas/matching_programmes", "graphs/programmes.dmn", "tables"):
        page.goto(f"{draft}/{path}")
        assert overflow(page) <= 0, path
