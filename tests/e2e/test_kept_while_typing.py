"""What scripts keep while somebody types: nothing is lost by leaving at once, nor when the session ends meanwhile."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.e2e.conftest import DESKTOP, PASSWORD, House, Visitor, sign_in
from workflows.actions import workshop
from workflows.domain import people

SIGNED_OUT = re.compile("^Sie sind abgemeldet. Melden Sie sich in einem neuen Fenster an")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Nothing here depends on the database."""
    return sqlite_database


@pytest.fixture
def page(house: House, visitor: Visitor) -> Page:
    """A text of a draft, opened by a process owner."""
    with house.begin() as tx:
        people.create(tx, "texte@lotse.example", "Texte", roles=["process_owner"], groups=[], password=PASSWORD)
        people.create(tx, "andere@lotse.example", "Andere", roles=["process_owner"], groups=[], password=PASSWORD)
        draft_id = workshop.begin(tx, "enquiry").id
    page = visitor(DESKTOP)
    sign_in(page, house, "texte")
    page.goto(f"{house.address}/workshop/drafts/{draft_id}/texts/receipt?beside=ar")
    return page


def german(page: Page) -> str:
    """The text as it is kept."""
    page.reload()
    return page.get_by_label("Deutsch", exact=True).input_value()


def test_typing_goes_on_after_signing_in_again_in_another_window(page: Page, house: House) -> None:
    page.context.clear_cookies()
    field, note, told = (
        page.get_by_label("Deutsch", exact=True),
        page.locator("[data-text-note]"),
        page.locator("[data-signed-out]"),
    )
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    field.fill("Betreff: A\n\nWährend der Abmeldung geschrieben")
    expect(told).to_have_text(SIGNED_OUT)
    expect(note).to_contain_text("Noch nicht gespeichert")
    page.evaluate("location.assign('/workshop')")  # leaving now would lose it: the browser asks
    expect(field).to_be_visible()
    assert asked == ["beforeunload"]
    with page.expect_popup() as opened:
        told.get_by_role("link").click()
    opened.value.close()
    other = page.context.new_page()
    sign_in(other, house, "andere")
    field.press("End")
    field.press_sequentially("!")
    expect(told).to_be_visible()  # nothing is kept in somebody else's name
    other.get_by_role("button", name="Abmelden").click()
    sign_in(other, house, "texte")
    other.wait_for_url("**/workshop**")
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(note).to_have_text("Gesichert.")
    expect(told).to_be_hidden()
    assert german(page).startswith("Betreff: A\n\nWährend der Abmeldung geschrieben")


def test_a_link_clicked_at_once_takes_the_last_words_along(page: Page) -> None:
    at = page.url
    page.get_by_label("Deutsch", exact=True).fill("Betreff: Schnell\n\nUnd gleich fort")
    page.get_by_role("link", name="Alle Texte dieses Entwurfs").click()
    page.wait_for_url("**/texts")
    page.goto(at)
    field = page.get_by_label("Deutsch", exact=True)
    expect(field).to_have_value("Betreff: Schnell\n\nUnd gleich fort")
    field.fill("Betreff: Knopf\n\nGleich gespeichert")
    page.get_by_role("button", name="Texte speichern").click()
    expect(page.get_by_text("Gespeichert.", exact=True)).to_be_visible()  # not taken for somebody else's version
