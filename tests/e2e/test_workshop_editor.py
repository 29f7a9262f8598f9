"""The diagram editor in real Chromium: a process owner changes a step, makes a mistake, and has it mended."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PASSWORD, House, Visitor, overflow, sign_in, waited_for
from workflows.actions import workshop
from workflows.core.tx import Actor
from workflows.domain import people
from workflows.engine.dialect import Element, parse

DIAGRAM = "referral.bpmn"


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
    """Choose an element by its name in the search, as one does with the keyboard."""
    page.get_by_role("button", name="Suchen", exact=True).click()
    page.locator(".djs-search-input input").type(element)
    page.locator(".djs-search-result").first.wait_for()
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
    page.get_by_label("Werktage").first.fill("7")

    def changed() -> bool:
        step = element(house, owner, draft_id, "reply_question")
        return step.form_id == "check_hand_on" and step.assignment.due == "=working days(today(), 7)"

    waited_for(changed, "the change did not reach the draft")
    saved(page)
    assert overflow(page) <= 0
