"""What only a browser can tell of the coordinator's day: keys, news without reload, a lost network, suggestions."""

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from sqlalchemy import func, select

from tests.conftest import Database
from tests.e2e.conftest import DESKTOP, PHONE, House, Visitor, sign_in, waited_for
from tests.e2e.test_on_behalf import ENQUIRY
from workflows.actions import enquiries
from workflows.core.tx import PUBLIC
from workflows.domain import organisations
from workflows.engine.tasks import Task

LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"
"""What coming back to the window does: news are asked for at once."""


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Nothing here depends on the database."""
    return sqlite_database


def ask(house: House, *names: str) -> None:
    """Enquiries come in; the worker has made each a task afterwards."""

    def tasks() -> int:
        with house.begin() as tx:
            return tx.session.scalar(select(func.count()).select_from(Task)) or 0

    wanted = tasks() + len(names)
    for name in names:
        with house.begin(PUBLIC) as tx:
            enquiries.submit(tx, {**ENQUIRY, "organisation_name": name}, "de")
    waited_for(lambda: tasks() >= wanted, "the enquiries became no tasks")


def focused(page: Page) -> str:
    """The organisation in the row that has the focus."""
    return str(page.evaluate("document.activeElement.closest('[data-task]')?.innerText ?? ''"))


def await_keys(page: Page) -> None:
    """Until the page listens to keys: then it offers to explain them."""
    expect(page.locator("[data-keys-open]")).to_be_visible()


def is_live(request: Request) -> bool:
    return "x-poll" in request.headers


def test_news_wait_while_somebody_is_in_the_list(house: House, visitor: Visitor) -> None:
    """Also when they were asked for before: the focus would be gone."""
    ask(house, "Verein Eins")
    page = visitor(DESKTOP)
    sign_in(page, house, "coordinator")
    expect(page.locator("[data-task]")).to_have_count(1)
    asked: list[Route] = []
    page.route(
        lambda _address: True, lambda route: asked.append(route) if is_live(route.request) else route.continue_()
    )
    ask(house, "Verein Zwei")
    await_keys(page)
    with page.expect_request(is_live):
        page.evaluate(LOOK_AGAIN)
    page.keyboard.press("j")
    here = focused(page)
    with page.expect_response(lambda response: is_live(response.request)):
        asked.pop().continue_()
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    expect(page.locator("[data-task]")).to_have_count(1)
    assert focused(page) == here
    page.evaluate("document.activeElement.blur()")
    page.unroute_all()
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("[data-task]")).to_have_count(2)


def test_a_phone_shows_the_first_task_first_and_what_narrows_the_list_on_demand(house: House, visitor: Visitor) -> None:
    ask(house, "Verein Eins")
    page = visitor(PHONE)
    sign_in(page, house, "coordinator")
    expect(page.locator("[data-task] a").first).to_be_in_viewport()
    expect(page.locator("[name=due]")).to_be_hidden()
    page.get_by_text("Suchen und filtern").click()
    page.locator("[name=due]").select_option("overdue")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_text("Zu dieser Suche gibt es keine offene Aufgabe.")).to_be_visible()
    expect(page.locator("[name=due]")).to_have_value("overdue")  # what narrows the list stays in view
    expect(page.locator("[name=due]")).to_be_visible()


def test_the_inbox_is_worked_by_keyboard(house: House, visitor: Visitor) -> None:
    ask(house, "Verein Eins", "Verein Zwei")
    page = visitor(DESKTOP)
    sign_in(page, house, "coordinator")
    expect(page.locator("[data-task]")).to_have_count(2)
    await_keys(page)
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("j")
    second = focused(page)
    assert {"Eins" in first, "Eins" in second} == {True, False}
    page.keyboard.press("k")
    assert focused(page) == first
    expect(page.get_by_text("Gilt für alle Aufgaben mit Häkchen.")).to_be_hidden()
    page.keyboard.press("x")
    expect(page.locator("[data-task] input:checked")).to_have_count(1)
    expect(page.get_by_text("Gilt für alle Aufgaben mit Häkchen.")).to_be_in_viewport()
    page.keyboard.press("x")
    expect(page.locator("[data-task] input:checked")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_text("Sie haben die Aufgabe")).to_be_visible()
    page.goto(f"{house.address}/inbox")
    await_keys(page)
    page.locator("[name=q]").press_sequentially("jk?")
    expect(page.locator("[name=q]")).to_have_value("jk?")  # who types is not interrupted
    page.goto(f"{house.address}/inbox")
    await_keys(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")


def test_new_tasks_are_announced_without_a_reload(house: House, visitor: Visitor) -> None:
    ask(house, "Verein Eins")
    page = visitor(DESKTOP)
    page.clock.install()
    sign_in(page, house, "coordinator")
    expect(page.locator("[data-task]")).to_have_count(1)
    page.evaluate("window.stays = true")
    ask(house, "Verein Zwei")
    page.clock.fast_forward(20_000)
    expect(page.locator("#live-status")).to_have_text("Eine neue Aufgabe steht in der Liste.")
    expect(page.locator("[data-task]")).to_have_count(2)
    assert page.evaluate("window.stays") is True


def test_a_draft_is_saved_again_after_the_network_was_gone_and_says_so(house: House, chromium: Browser) -> None:
    ask(house, "Verein Eins")
    with chromium.new_context(locale="de-DE") as context:
        page = context.new_page()
        page.clock.install()
        sign_in(page, house, "coordinator")
        page.locator("[data-task] [data-open]").click()
        note = page.locator("[data-draft-note]")
        note.wait_for(state="attached")
        page.wait_for_load_state()  # the page has its scripts before the network goes
        context.set_offline(True)
        page.locator("[name=summary]").fill("Was ohne Netz getippt wurde")
        page.clock.fast_forward(1_000)
        expect(note).to_contain_text("konnte gerade nicht gespeichert werden")
        context.set_offline(False)
        page.clock.fast_forward(6_000)
        expect(note).to_contain_text("Entwurf gespeichert")
        page.reload()
        expect(page.locator("[name=summary]")).to_have_value("Was ohne Netz getippt wurde")


def test_who_may_be_meant_is_shown_while_the_name_is_typed(house: House, visitor: Visitor) -> None:
    with house.begin() as tx:
        organisations.add(tx, "Kulturverein Brücke e. V.")
    page = visitor(DESKTOP)
    sign_in(page, house, "coordinator")
    page.goto(f"{house.address}/cases/new")
    page.locator("[name=organisation_name]").press_sequentially("kulturverein bruecke")
    expect(page.locator("[data-match-list]").get_by_text("Kulturverein Brücke e. V.")).to_be_visible()
    assert page.locator("[name=organisation_name]").input_value() == "kulturverein bruecke"
