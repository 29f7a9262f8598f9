"""The diagram editor in real Chromium: a process owner changes a step, makes a mistake, and has it mended."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.conftest import Database
from tests.e2e.conftest import (
    DESKTOP,
    PASSWORD,
    PHONE,
    House,
    Visitor,
    accessibility_problems,
    overflow,
    sign_in,
    waited_for,
)
from workflows.actions import workshop
from workflows.core.tx import Actor
from workflows.domain import people
from workflows.engine import drafts
from workflows.engine.dialect import Element, parse

DIAGRAM = "referral.bpmn"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Nothing here depends on the database; the whole loop runs on the other one."""
    return sqlite_database


@pytest.fixture
def owner(house: House) -> Actor:
    """A process owner with an account."""
    with house.begin() as tx:
        user = people.create(tx, "owner@lotse.example", "Owner", roles=["process_owner"], groups=[], password=PASSWORD)
        return people.actor(tx.session, user)


@pytest.fixture
def draft_id(house: House, owner: Actor) -> int:
    """A draft of the referral process."""
    with house.begin(owner) as tx:
        return workshop.begin(tx, "referral").id


@pytest.fixture
def page(visitor: Visitor, house: House, owner: Actor, draft_id: int) -> Page:
    """The editor, opened by the owner."""
    page = visitor(DESKTOP)
    sign_in(page, house, "owner")
    open_editor(page, house, draft_id)
    return page


def open_editor(page: Page, house: House, draft_id: int) -> None:
    page.goto(f"{house.address}/workshop/drafts/{draft_id}/diagram")
    page.wait_for_selector("[data-ready]")


def select(page: Page, element: str) -> None:
    """Choose an element by its name in the search, as one does with the keyboard.

    Whatever changes in the drawing closes the search, also marks that arrive late: then one opens it again.
    """
    box, result = page.locator(".djs-search-input input"), page.locator(".djs-search-result").first
    for _ in range(3):
        page.get_by_role("button", name="Suchen", exact=True).click()
        box.press_sequentially(element)
        with suppress(PlaywrightTimeout):
            result.wait_for(timeout=5_000)
            break
        page.keyboard.press("Escape")
    expect(result).to_be_visible()
    page.keyboard.press("Enter")


def saved(page: Page) -> None:
    expect(page.locator("[data-saving]")).to_have_text("Alles gespeichert")


def element(house: House, owner: Actor, draft_id: int, name: str) -> Element:
    """A step as the engine reads it from the saved draft."""
    with house.begin(owner) as tx:
        return parse(workshop.files(tx, draft_id)[DIAGRAM].data).elements[name]


def test_a_process_owner_changes_form_and_due_date_in_the_panel(
    page: Page, house: House, owner: Actor, draft_id: int
) -> None:
    print("editor ready after", page.locator("[data-ready]").get_attribute("data-ready"), "ms")
    select(page, "Rückfrage beantworten")
    page.get_by_label("Formular", exact=True).select_option("check_hand_on")
    page.get_by_label("Arbeitstage").first.fill("7")

    def changed() -> bool:
        step = element(house, owner, draft_id, "reply_question")
        return step.form_id == "check_hand_on" and step.assignment.due == "=working days(today(), 7)"

    waited_for(changed, "the change did not reach the draft")
    saved(page)
    assert overflow(page) <= 0


def test_a_mistake_is_found_shown_and_mended(page: Page, house: House, owner: Actor, draft_id: int) -> None:
    select(page, "Wie antwortet die Stelle?")
    page.get_by_label("Wenn nichts anderes zutrifft").select_option("")
    finding = page.locator("[data-finding='which_answer_to_ask_coordination/flow_without_condition']")
    finding.wait_for()
    assert "fehlt die Bedingung" in finding.inner_text()
    finding.get_by_role("button", name="Zeig mir").click()
    selected = page.locator(".djs-element.selected[data-element-id='which_answer_to_ask_coordination']")
    expect(selected).to_have_count(1)
    page.get_by_role("link", name="Überblick").click()
    page.get_by_role("link", name=re.compile("^Zeig mir: .*fehlt die Bedingung")).click()
    page.wait_for_selector("[data-ready]")
    expect(selected).to_have_count(1)
    finding.get_by_role("button", name="Beheben").click()
    finding.wait_for(state="detached")
    assert element(house, owner, draft_id, "which_answer").default == "which_answer_to_ask_coordination"


def test_what_cannot_be_computed_is_told_at_its_field(page: Page) -> None:
    select(page, "Rückfrage beantworten")
    page.get_by_label("Dringlichkeit (0 bis 100)").fill("=if then")
    expect(page.locator("[data-entry-id='priority'] .bio-properties-panel-error")).to_contain_text("kein gültiges FEEL")
    select(page, "Antwort an die Stelle schicken")
    page.get_by_label("Weitere Angaben (freiwillig)").fill("={reply: }")
    wrong = page.locator("[data-entry-id='parameter-values'] .bio-properties-panel-error")
    expect(wrong).to_contain_text("kein gültiges FEEL")


def test_a_formula_is_completed_with_the_variables_known_there(
    page: Page, house: House, owner: Actor, draft_id: int
) -> None:
    select(page, "Rückfrage beantworten")
    field = page.get_by_label("Person", exact=True)
    field.press_sequentially("=offi")
    offers = page.get_by_role("listbox", name="Vorschläge").filter(visible=True)
    expect(offers).to_contain_text("office_group")
    while "office_group" not in (offers.locator("[aria-selected='true']").inner_text()):
        field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("=office_group")
    waited_for(
        lambda: element(house, owner, draft_id, "reply_question").assignment.assignee == "=office_group", "not saved"
    )


def test_only_what_the_engine_runs_can_be_drawn(page: Page) -> None:
    titles = {each.get_attribute("aria-label") for each in page.locator(".djs-palette [aria-label]").all()}
    assert "Aufgabe für Menschen einfügen" in titles
    assert len(titles) <= 12
    select(page, "Rückfrage beantworten")
    page.locator(".djs-context-pad .entry[data-action='replace']").click()
    kinds = {each.inner_text().strip() for each in page.locator(".djs-popup .entry .djs-popup-label").all()}
    assert {"Automatischer Schritt", "Entscheidungstabelle", "Berechnung"} <= kinds
    assert not {kind for kind in kinds if "Transaction" in kind or "Ad-hoc" in kind or kind == "Aufgabe"}


def test_a_building_block_of_the_office_is_appended_with_its_fields(
    page: Page, house: House, owner: Actor, draft_id: int
) -> None:
    select(page, "Rückfrage beantworten")
    page.locator(".djs-context-pad .entry[data-action='append.block']").click()
    page.locator(".djs-popup .entry", has_text="Erinnerung").first.click()
    saved(page)
    with house.begin(owner) as tx:
        parsed = parse(workshop.files(tx, draft_id)[DIAGRAM].data)
        errors = [each for each in workshop.findings(tx, draft_id) if each.severity == "error"]
    (event,) = [each for each in parsed.boundaries("reply_question") if not each.interrupting]
    mail = parsed.elements[parsed.flows[event.outgoing[0]].target]
    assert (event.trigger.expression, mail.operator) == ("=working days(today(), 5)", "mail.send")
    # What is left to be said is a finding with a field of its own.
    assert {each.code for each in errors} == {"missing_parameter"}
    page.get_by_role("button", name="Rückgängig").click()
    saved(page)
    with house.begin(owner) as tx:
        assert parse(workshop.files(tx, draft_id)[DIAGRAM].data).boundaries("reply_question") == ()
    select(page, "Rückfrage beantworten")
    page.locator(".djs-context-pad .entry[data-action='append.block']").click()
    page.locator(".djs-popup .entry", has_text="Brief schreiben").first.click()
    saved(page)
    with house.begin(owner) as tx:
        steps = parse(workshop.files(tx, draft_id)[DIAGRAM].data).elements.values()
        errors = [each for each in workshop.findings(tx, draft_id) if each.code == "missing_parameter"]
    (letter,) = [each for each in steps if each.operator == "letter.write"]
    assert {each.target: each.source for each in letter.inputs} == {"to": "contact"}
    assert {(each.element, each.facts["parameter"]) for each in errors} == {(letter.id, "text")}


def test_the_drawing_is_kept_after_signing_out_and_in_again_elsewhere(
    page: Page, house: House, owner: Actor, draft_id: int
) -> None:
    other = page.context.new_page()
    other.goto(house.address)
    other.get_by_role("button", name="Abmelden").click()
    select(page, "Rückfrage beantworten")
    page.get_by_label("Arbeitstage").first.fill("7")
    told = page.locator("[data-signed-out]")
    expect(told).to_contain_text("Sie sind abgemeldet.")
    expect(page.locator("[data-saving]")).to_contain_text("Noch nicht gespeichert.")
    assert overflow(page) <= 0
    sign_in(other, house, "owner")
    other.wait_for_load_state()
    page.evaluate("dispatchEvent(new Event('focus'))")  # as when one comes back to the window
    saved(page)
    expect(told).to_be_hidden()
    assert element(house, owner, draft_id, "reply_question").assignment.due == "=working days(today(), 7)"


def test_somebody_else_was_faster_and_nothing_typed_is_lost(
    page: Page, house: House, owner: Actor, draft_id: int
) -> None:
    with house.begin() as tx:
        user = people.create(tx, "zweite@lotse.example", "Zweite Person", roles=["process_owner"], groups=[])
        second = people.actor(tx.session, user)
    with house.begin(second) as tx:
        workshop.visit(tx, draft_id, DIAGRAM)
        xml = workshop.files(tx, draft_id)[DIAGRAM].data
        workshop.save(tx, draft_id, {DIAGRAM: xml.replace("Rückfrage beantworten".encode(), b"Von der Zweiten")})
    select(page, "Weiterreichen prüfen")
    page.get_by_label("Arbeitstage").first.fill("9")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Zweite Person")
    expect(dialog.locator("[data-theirs]")).to_contain_text("„Von der Zweiten“ (Aufgabe): Name")
    dialog.get_by_role("button", name="Meinen Stand nehmen").click()
    saved(page)
    expect(page.locator("[data-others]")).to_contain_text("Zweite Person")
    assert element(house, owner, draft_id, "check_hand_on").assignment.due == "=working days(today(), 9)"
    assert element(house, owner, draft_id, "reply_question").name == "Rückfrage beantworten"
    with house.begin(owner) as tx:  # the other state is in the history
        assert "Zweite Person" in {change.by for change in drafts.history(tx.session, draft_id)}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_editor_and_the_list_are_accessible(
    visitor: Visitor, house: House, owner: Actor, draft_id: int, width: int
) -> None:
    page = visitor(width)
    sign_in(page, house, "owner")
    open_editor(page, house, draft_id)
    select(page, "Rückfrage beantworten")
    assert accessibility_problems(page) == []
    assert overflow(page) <= 0
    for path in ("steps", "steps/reply_question", "steps/after/which_answer"):
        page.goto(f"{house.address}/workshop/drafts/{draft_id}/{path}")
        assert accessibility_problems(page) == []
        assert overflow(page) <= 0


def test_the_makers_mark_stays_visible(page: Page) -> None:
    mark = page.locator(".bjs-powered-by")
    box = mark.bounding_box()
    assert box
    on_top = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y)?.closest('.bjs-powered-by') !== null", [box["x"] + 5, box["y"] + 5]
    )
    page.mouse.wheel(0, 0)
    assert on_top


def test_the_same_through_the_list_by_keyboard_only_and_without_a_script(
    visitor: Visitor, house: House, owner: Actor, draft_id: int
) -> None:
    page = visitor(DESKTOP, javascript=False)
    sign_in(page, house, "owner")
    page.goto(f"{house.address}/workshop/drafts/{draft_id}/steps")
    unfold(page, "Rückfrage beantworten")
    follow(page, "Danach einfügen: nach Rückfrage beantworten")
    reach(page, "Name")
    page.keyboard.type("Antwort gegenlesen")
    enter(page)
    reach(page, "Wer macht das?")
    choose(page, "group:leadership")
    reach(page, "Formular")
    choose(page, "reply_question")
    reach(page, "Frist in Arbeitstagen")
    page.keyboard.type("3")
    enter(page)
    step = element(house, owner, draft_id, "antwort_gegenlesen")
    assert (step.name, step.form_id) == ("Antwort gegenlesen", "reply_question")
    assert (step.assignment.candidate_groups, step.assignment.due) == ("group:leadership", "=working days(today(), 3)")
    unfold(page, "Antwort gegenlesen")
    follow(page, "Antwort gegenlesen ändern")
    reach(page, "Name")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    enter(page)
    follow(page, "Beheben: Die Aufgabe hat keinen Namen; im Aufgabenkorb steht nur ihre ID.")
    assert element(house, owner, draft_id, "antwort_gegenlesen").name == "Aufgabe"
    unfold(page, "Aufgabe")
    follow(page, "Aufgabe entfernen")
    with house.begin(owner) as tx:
        assert "antwort_gegenlesen" not in parse(workshop.files(tx, draft_id)[DIAGRAM].data).elements


def reach(page: Page, name: str) -> None:
    """Press Tab until the control with that name has the focus."""
    wanted = (
        page.get_by_label(name, exact=True)
        .or_(page.get_by_role("link", name=name, exact=True))
        .or_(page.get_by_role("button", name=name, exact=True))
    )
    for _ in range(600):
        page.keyboard.press("Tab")
        if wanted.first.evaluate("node => node === document.activeElement"):
            return
    pytest.fail(f"{name} is not reached by Tab")


def unfold(page: Page, name: str) -> None:
    """Press Tab until the line of that step has the focus, and open it."""
    line = page.locator("summary").filter(has=page.locator(".walk__name", has_text=re.compile(f"^{name}$")))
    for _ in range(300):
        page.keyboard.press("Tab")
        if line.first.evaluate("node => node === document.activeElement"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"{name} is not reached by Tab")


def follow(page: Page, name: str) -> None:
    """Reach a link or button and press Enter on it."""
    reach(page, name)
    enter(page)


def enter(page: Page) -> None:
    """Press Enter and wait for the page that answers."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page: Page, key: str) -> None:
    """Go down in the list that has the focus until an entry is chosen."""
    for _ in range(60):
        if page.locator("select:focus").input_value() == key:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{key} is not in the list")
