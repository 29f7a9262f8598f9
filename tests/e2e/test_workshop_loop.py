"""The whole loop of the workshop in real Chromium: change, mend, try, compare, publish by two, move running cases."""

import re
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.e2e.conftest import PASSWORD, House, Visitor, accessibility_problems, overflow, sign_in, waited_for
from workflows.actions import inbox
from workflows.actions import referrals as referral_actions
from workflows.core.tx import Tx
from workflows.domain import cases, offices, people, referrals
from workflows.domain.cases import Enquiry
from workflows.domain.referrals import Terms
from workflows.engine import messages
from workflows.engine.definitions import Version
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.operators.referrals import starting_variables

MOVING, ASKING = 200, 3
RUNNING = MOVING + ASKING
LONG = 90.0  # seconds
TELLS_WHEN_BUSY = """() => {
  const note = document.querySelector('[data-busy-note]');
  new MutationObserver(() => console.info('busy: ' + note.textContent)).observe(note, { childList: true });
}"""
"""A page that is on its way elsewhere answers no questions, so it tells by itself."""
TOLD = Enquiry(
    choice="rooms",
    kind="need",
    topics=["rooms"],
    text="Wir suchen einen Raum.",
    contact_name="A. Beispiel",
    contact_email="verein@mo.example",
    consent_share=True,
)


def refer(tx: Tx) -> None:
    """One running referral that waits for its office."""
    case = cases.open_new(tx, TOLD, channel="form", language="de", details={}, dedupe_key=None)
    office = offices.find(tx.session, "culture_office")
    assert office is not None
    referral = referrals.offer(tx, case.id, office.id, Terms("Räume", ["text"], "consent"))
    messages.start(tx, "referral", starting_variables(tx, case, referral, office), subject=referral.key)


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """The single steps are proven on SQLite, the whole on the server database."""
    return postgres_database


@pytest.fixture
def running(house: House) -> None:
    """Running referrals, each waiting for its office, three for our reply to its question, and two process owners."""
    with house.begin() as tx:
        for name in ("owner", "second"):
            people.create(tx, f"{name}@lotse.example", name, roles=["process_owner"], groups=[], password=PASSWORD)
        for _ in range(RUNNING):
            refer(tx)
    waited_for(lambda: waiting(house, "answer_referral") == RUNNING, "the referrals do not start", LONG)
    for number in range(1, ASKING + 1):
        with house.begin() as tx:
            user = people.find_by_email(tx.session, "coordinator@lotse.example")
            assert user is not None
            coordinator = people.actor(tx.session, user)
        with house.begin(coordinator) as tx:
            task = referral_actions.office_task(tx, number)
            asked = {"answer": "ask", "question": "Wie viele kommen?"}
            inbox.complete_on_behalf(tx, task.id, asked, "phone", people.day(tx.now))
    waited_for(lambda: waiting(house, "reply_question") == ASKING, "the offices' questions do not arrive")


def waiting(house: House, step: str) -> int:
    """How many tasks are open at a step of the referrals."""
    with house.begin() as tx:
        return tx.session.query(Task).filter_by(process_key="referral", element_id=step, status="open").count()


def numbers(house: House) -> Counter[int]:
    """How many running referrals are pinned to which version."""
    with house.begin() as tx:
        rows = tx.session.query(Version.number).join(Instance, Instance.version_id == Version.id)
        return Counter(row[0] for row in rows.filter(Instance.process_key == "referral", Instance.status == "running"))


def sound(page: Page) -> None:
    """The page is accessible and fits."""
    assert accessibility_problems(page) == []
    assert overflow(page) <= 0


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("running")
def test_from_the_first_change_to_two_hundred_moved_cases(house: House, visitor: Visitor) -> None:
    page = visitor()
    sign_in(page, house, "owner")
    page.goto(f"{house.address}/workshop/processes/referral")
    page.get_by_role("button", name="Entwurf beginnen").click()
    draft = page.url
    add_reading_step(page, draft)
    mend_the_mistake(page, draft)
    try_it(page, draft)
    page.goto(f"{draft}/changes")
    expect(page.locator("[data-drawn=true]")).to_have_count(2)
    expect(page.locator(".change--added", has_text="Antwort gegenlesen").first).to_be_visible()
    sound(page)
    publish(page, draft)
    proposal = page.url
    second = visitor()
    sign_in(second, house, "second")
    second.goto(proposal)
    second.get_by_role("button", name="Freigeben", exact=True).click()
    expect(second.get_by_text("Freigegeben und in Kraft.")).to_be_visible()
    sound(second)
    assert numbers(house) == {1: RUNNING}
    move_the_cases(page, house)
    sound(page)


def move_the_cases(page: Page, house: House) -> None:
    """Whoever waits at the step that is gone, and has nothing in its place, stays where it is, and why is told."""
    page.goto(f"{house.address}/workshop/processes/referral/impact?to=2")
    page.get_by_label("„Rückfrage beantworten“ wird zu").select_option("")
    page.get_by_role("button", name="Mit dieser Zuordnung neu prüfen").click()
    expect(page.get_by_text(f"Kann nicht umgestellt werden ({ASKING})")).to_be_visible()
    sound(page)
    page.get_by_role("button", name=f"{MOVING} Vorgänge umstellen").click()
    waited_for(lambda: numbers(house) == {1: ASKING, 2: MOVING}, "the cases do not move", LONG)
    # Without a reload: the page looks by itself.
    expect(page.get_by_text(f"{MOVING} Vorgänge laufen jetzt mit der neuen Fassung.")).to_be_visible(timeout=15_000)
    refused = page.get_by_role("listitem").filter(has_text=f"{ASKING} Vorgänge")
    expect(refused).to_contain_text("Nicht umgestellt")
    expect(refused).to_contain_text("wartet bei „Rückfrage beantworten“, und diesen Schritt gibt es nicht mehr")
    sound(page)


def add_reading_step(page: Page, draft: str) -> None:
    """A step with form and deadline in the place of an old one."""
    page.goto(f"{draft}/steps")
    page.locator("#step-reply_question summary").click()
    page.get_by_role("link", name="Danach einfügen: nach Rückfrage beantworten").click()
    page.get_by_label("Name", exact=True).fill("Antwort gegenlesen")
    page.locator("main form button[type=submit]").last.click()
    page.get_by_label("Wer macht das?").select_option("group:leadership")
    page.get_by_label("Formular", exact=True).select_option("reply_question")
    page.get_by_label("Frist in Arbeitstagen").fill("3")
    page.locator("main form button[type=submit]").first.click()
    page.locator("#step-reply_question summary").click()
    page.get_by_role("button", name="Rückfrage beantworten entfernen").click()


def mend_the_mistake(page: Page, draft: str) -> None:
    """A way out of a decision loses its condition; the finding's help gives it back."""
    page.goto(f"{draft}/diagram")
    page.wait_for_selector("[data-ready]")
    page.get_by_role("button", name="Suchen", exact=True).click()
    page.locator(".djs-search-input input").type("Wie antwortet die Stelle?")
    page.locator(".djs-search-result").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Wenn nichts anderes zutrifft").select_option("")
    finding = page.locator("[data-finding='which_answer_to_ask_coordination/flow_without_condition']")
    finding.get_by_role("button", name="Beheben").click()
    finding.wait_for(state="detached")


def try_it(page: Page, draft: str) -> None:
    """A trial as the office; all scenarios but the one that tells of the old way go as told."""
    page.goto(f"{draft}/trials")
    page.get_by_label("Was wollen Sie ausprobieren?").fill("Die Stelle sagt zu")
    page.get_by_label("Beginnt wie").select_option("helps")
    page.get_by_role("button", name="Probe beginnen").click()
    expect(page.get_by_role("heading", name=re.compile("Als Anlaufstelle"))).to_be_visible()
    sound(page)
    page.locator("[name=answer][value=accept]").check()
    page.locator("[name=contact_person]").fill("Team")
    page.get_by_role("button", name="So erledigen").click()
    expect(page.locator(".timeline")).to_contain_text("Anlaufstelle erledigt")
    page.get_by_label("Arbeitstage vergehen lassen").fill("2")
    page.get_by_role("button", name="Zeit vergehen lassen").click()
    expect(page.locator(".timeline")).to_contain_text("2 Arbeitstage vergehen")


def publish(page: Page, draft: str) -> None:
    """Scenarios of the old way stop the publication until they are taken out; then a second person is asked."""
    page.goto(f"{draft}/trials?play=all")
    failing = page.locator("tr", has=page.get_by_text("Geht anders aus")).locator(".table__sub bdi")
    names = failing.all_inner_texts()
    assert names
    for name in names:
        page.goto(f"{draft}/trials/{name}")
        page.get_by_text("Entfernen", exact=True).click()
        page.get_by_role("button", name="Aus dem Entwurf entfernen").click()
    page.goto(f"{draft}/publish")
    page.get_by_label("Was ändert sich und warum?").fill("Vier Augen auch für Antworten an Stellen")
    page.evaluate(TELLS_WHEN_BUSY)
    with page.expect_console_message(lambda told: told.text.startswith("busy: Die Szenarien werden gespielt")):
        page.get_by_role("button", name="Freigabe beantragen").dblclick(no_wait_after=True)
    expect(page.get_by_text("Wartet auf eine zweite Person")).to_be_visible()
