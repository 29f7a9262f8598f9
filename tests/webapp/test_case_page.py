"""The case page: one timeline of everything, the processes as text, what they know, and the list that leads there."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.engine.diagrams import diagram, extended, flows, node
from tests.webapp import sample
from tests.webapp.conftest import Browser, Enquired
from tests.webapp.test_contacts import CALL
from tests.webapp.test_on_behalf import ACCEPT, PAGE, asked
from webapp.cases.story import SILENT
from webapp.wording.details import DetailWords
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.domain import letters, organisations
from workflows.engine import bundle, definitions, runtime
from workflows.engine.events import Event
from workflows.engine.incidents import Incident
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.operators import ENGINE, catalogue

__all__ = ["asked"]

SignIn = Callable[[str], Browser]


def entries(page: str) -> str:
    """The timeline alone."""
    found = page.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    return re.sub(r'name="csrf_token" value="[^"]*"', "", found)


def test_the_people_of_a_case_are_named(signed_in: SignIn, asked: Callable[[], None], enquiry: Enquired) -> None:
    page = signed_in("coordinator").get(f"/cases/{enquiry.case_id}").text
    people = page.partition('aria-labelledby="people"')[2].partition("</section>")[0]
    for words in ("Verein Brücke", "Amal Beispiel", "amal@verein.example", "Kulturamt"):
        assert words in people


def test_whoever_has_taken_a_task_is_in_charge(signed_in: SignIn, enquiry: Enquired, begin: Begin) -> None:
    mine = signed_in("coordinator")
    with begin() as tx:
        triage = tx.session.scalars(select(Task.id).where(Task.element_id == "triage")).one()
    assert "Zuständig" not in mine.get(f"/cases/{enquiry.case_id}").text.partition("Angaben</h2>")[0]
    mine.post(f"/tasks/{triage}/claim")
    people = mine.get(f"/cases/{enquiry.case_id}").text.partition('aria-labelledby="people"')[2]
    assert "Person coordinator" in people.partition("</section>")[0]


def test_one_timeline_tells_everything_and_the_address_narrows_it(
    signed_in: SignIn, asked: Callable[[], None], enquiry: Enquired
) -> None:
    mine = signed_in("coordinator")
    mine.post("/cases/1/notes", {"text": "Ruft am Montag an"})
    mine.post("/contacts/new", {**CALL, "case": "1"})
    mine.post(f"{PAGE}/answer", ACCEPT)
    asked()
    whole = entries(mine.get("/cases/1").text)
    told = {
        "task": "Aufgabe erledigt: Anfrage sichten",
        "mail": f"E-Mail: Ihre Anfrage ist da ({enquiry.reference})",
        "referral": "Stelle hat angenommen",
        "note": "Ruft am Montag an",
        "contact": "Vorstand, Frau Beispiel",
        "decision": "Vorschlag berechnet",
        "course": "Vorgang angelegt",
    }
    for kind, line in told.items():
        assert line in whole, kind
        narrowed = entries(mine.get(f"/cases/1?show={kind}").text)
        assert line in narrowed, kind
        assert [other for other in told if other != kind and told[other] in narrowed] == []
    assert whole == entries(mine.get("/cases/1?show=nonsense").text)


def test_mails_stand_in_the_timeline_with_text_and_state_and_no_readable_link(
    signed_in: SignIn, asked: Callable[[], None], enquiry: Enquired
) -> None:
    mails = entries(signed_in("coordinator").get("/cases/1?show=mail").text)
    assert "[Link]" in mails
    assert "Gesendet" in mails
    assert enquiry.token not in mails


def test_a_proposal_says_why(signed_in: SignIn, asked: Callable[[], None]) -> None:
    proposals = entries(signed_in("coordinator").get("/cases/1?show=decision").text)
    assert "Räume vergeben andere Stellen." in proposals
    assert "culture_office" not in proposals


def test_a_proposal_without_words_of_its_own_says_none_of_its_codes(
    signed_in: SignIn, asked: Callable[[], None], begin: Begin
) -> None:
    def propose(*tables: dict[str, object]) -> None:
        with begin() as tx:
            instance = tx.session.scalars(select(Instance).order_by(Instance.id)).first()
            assert instance is not None
            tx.session.add(
                Event(
                    instance_id=instance.id,
                    at=tx.now,
                    kind="decision.evaluated",
                    element_id="check",
                    element_name="Prüfen",
                    actor="engine",
                    details={"tables": list(tables)},
                )
            )

    output = [{"verdict": "unclear", "reason": "Bitte nachfragen."}, {"verdict": "no", "reason": "Nur für Kultur."}]
    culture: dict[str, object] = {"title": "Kulturförderung", "output": output, "why": []}
    fits: dict[str, object] = {"title": "Förderung von Projekten", "output": [], "why": []}
    propose(culture, fits)
    propose(culture, fits, fits, fits, fits)
    proposals = entries(signed_in("coordinator").get("/cases/1?show=decision").text)
    assert "Kulturförderung: noch unklar · Bitte nachfragen." in proposals
    assert "passt nicht · Nur für Kultur." in proposals
    assert "Förderung von Projekten: keine Regel trifft zu</p>" in proposals
    folded = proposals.partition("<summary>5 Ergebnisse</summary>")[2].partition("</details>")[0]
    assert folded.count("Förderung von Projekten: keine Regel trifft zu") == 4


def test_what_was_entered_for_others_is_told_once_with_for_whom_how_and_when(
    signed_in: SignIn, asked: Callable[[], None]
) -> None:
    mine = signed_in("coordinator")
    mine.post(f"{PAGE}/answer", ACCEPT)
    tasks = entries(mine.get("/cases/1?show=task").text)
    assert "Antwort im Namen anderer eingetragen: Verweisung beantworten" in tasks
    assert "für Kulturamt (Telefon, 02.03.2026)" in tasks
    assert "Aufgabe erledigt: Verweisung beantworten" not in tasks


def test_the_processes_are_told_as_steps_done_now_and_possible_next(signed_in: SignIn, enquiry: Enquired) -> None:
    page = signed_in("coordinator").get("/cases/1").text
    steps = page.partition('class="steps steps--plain"')[2].partition("</ol>")[0]
    states = re.findall(r'<li class="is-(\w+)"[^>]*>.*?<span dir="auto">(.*?)</span>', steps, re.DOTALL)
    assert ("current", "Anfrage sichten") in states
    assert {state for state, _name in states} == {"done", "current", "todo"}
    assert ("todo", "Nach 3 Arbeitstagen") in states
    assert [name for state, name in states if re.fullmatch(r"[a-z_]+", name)] == []


def test_what_a_process_knows_stands_under_the_labels_of_its_forms(
    signed_in: SignIn, asked: Callable[[], None]
) -> None:
    page = signed_in("coordinator").get("/cases/1").text
    known = page.partition("Was bisher angegeben wurde")[2]
    assert "Wobei können wir helfen?" in known
    assert re.search(r"<dt>Wie eilig ist es\?</dt><dd[^>]*>Normal</dd>", known)
    assert "reach_by" not in known


def test_no_code_is_left_for_people_to_read(signed_in: SignIn, asked: Callable[[], None]) -> None:
    mine = signed_in("coordinator")
    for values in (ACCEPT, {**ACCEPT, "reported_outcome": "helped"}):
        mine.post(f"{PAGE}/answer", values)
    mine.post("/cases/1/confirmation", {"answer": "yes", "referral": "1", "_channel": "visit", "_on": "2026-03-02"})
    asked()
    texts = [mine.get("/cases/1").text, signed_in("reviewer").get("/audit?stream=case:1").text]
    for text in texts:
        details = re.findall(r'class="(?:timeline__detail|table__sub)" dir="auto">([^<]*)<', text)
        assert details
        bare = [detail for detail in details if re.search(r"(?:^|[:,] )[a-z]+(?:_[a-z]+)*(?:$|,)", detail.strip())]
        assert [detail for detail in bare if "nur intern" not in detail] == []
    assert "Geholfen" in texts[1]


@pytest.mark.parametrize(
    ("chosen", "is_there"),
    [
        ("status=open", True),
        ("status=closed", False),
        ("topic=rooms", True),
        ("topic=room", False),
        ("urgency=normal", True),
        ("urgency=high", False),
        ("office=1", False),
        ("since=2026-03-02&until=2026-03-02", True),
        ("since=2026-03-03", False),
        ("until=2026-03-01", False),
        ("mine=1", False),
        ("page=2", False),
        ("q=bruecke&topic=rooms&order=urgency", True),
        ("organisation=4711", False),
        ("since=nonsense&page=x&order=x&urgency=", True),
    ],
)
def test_the_list_is_chosen_by_its_address(
    signed_in: SignIn, asked: Callable[[], None], enquiry: Enquired, chosen: str, is_there: bool
) -> None:
    assert (enquiry.reference in signed_in("coordinator").get(f"/cases?{chosen}").text) == is_there


def test_an_office_involved_and_own_work_lead_to_the_case(
    signed_in: SignIn, asked: Callable[[], None], enquiry: Enquired, begin: Begin
) -> None:
    mine = signed_in("coordinator")
    offices = dict(re.findall(r'<option value="(\d+)">([^<]+)</option>', mine.get("/cases").text))
    (number,) = [key for key, name in offices.items() if name == "Kulturamt"]
    assert enquiry.reference in mine.get(f"/cases?office={number}").text
    assert enquiry.reference not in mine.get("/cases?mine=1").text
    mine.post(f"{PAGE}/answer", ACCEPT)
    assert enquiry.reference in mine.get("/cases?mine=1").text


def test_pages_of_the_list_keep_the_choice(
    signed_in: SignIn, begin: Begin, house: None, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    mine = signed_in("coordinator")
    values = {
        "choice": "advice",
        "text": "Rief an und fragte.",
        "reach_by": "phone",
        "contact_phone": "0611 123456",
        "contact_name": "A",
    }
    for number in range(26):
        sent = mine.post("/cases/new", {**values, "contact_name": f"Anna {number:02}", "_channel": "phone"})
        assert sent.status_code == 302
    first = mine.get("/cases?q=anna&order=oldest").text
    assert "2026-0001" in first
    assert "2026-0026" not in first
    following = re.search(r'href="(/cases\?[^"]*page=2[^"]*)"', first)
    assert following
    second = mine.get(following[1].replace("&amp;", "&")).text
    assert "2026-0026" in second
    assert "2026-0001" not in second


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "morgen", "1900-01-01"])
def test_no_day_in_the_address_breaks_the_list(signed_in: SignIn, enquiry: Enquired, day: str) -> None:
    mine = signed_in("coordinator")
    for name in ("since", "until"):
        assert mine.get(f"/cases?{name}={day}").status_code == 200


def test_who_answered_what_and_where_a_case_moved_is_told_in_words(app: Flask, begin: Begin, house: None) -> None:
    with begin() as tx, app.test_request_context("/?lang=de"):
        words = DetailWords(tx)
        told = [
            words.rows(event, details, SILENT)
            for event, details in (
                ("invitation.declined", {"by": "link"}),
                ("appointment.answered", {"answer": "no"}),
                ("appointment.proposed", {"appointment": 2}),
                ("instance.migrated", {"job": 2, "from": 4, "version": 6}),
            )
        ]
    assert told == [
        [{"label": "durch", "value": "die Organisation selbst"}],
        [{"label": "Antwort", "value": "Nein"}],
        [],
        [{"label": "Fassung", "value": "6"}],
    ]


def test_a_letter_stands_in_the_timeline_and_is_printed_from_its_page(
    signed_in: SignIn, begin: Begin, enquiry: Enquired
) -> None:
    text = "Guten Tag,\n\nwir haben <b>geholfen</b>."
    with begin() as tx:
        kept = {"address": "Verein Brücke\nBrückenweg 3", "language": "ar", "subject": "Ihr Brief", "text": text}
        letter = letters.keep(tx, 1, key="k", **kept).id
    mine = signed_in("coordinator")
    told = entries(mine.get("/cases/1?show=letter").text)
    assert "Brief: Ihr Brief" in told
    assert f'href="/cases/1/letters/{letter}"' in told
    page = mine.get(f"/cases/1/letters/{letter}").text
    assert '<article class="letter" lang="ar" dir="rtl">' in page
    assert "مكتب التنسيق لمنظمات المهاجرين" in page
    assert (enquiry.reference in page, "Brückenweg 3" in page, "<b>" in page) == (True, True, False)
    assert mine.get(f"/cases/2/letters/{letter}").status_code == 404
    assert mine.get("/cases/1/letters/99").status_code == 404
    assert signed_in("process_owner").get(f"/cases/1/letters/{letter}").status_code == 404


def test_an_entry_waits_until_the_case_has_an_organisation(signed_in: SignIn, begin: Begin, enquiry: Enquired) -> None:
    given = {"kind": "phone", "text": "Ruft wieder an", "office_task": "referral"}
    inputs = "".join(f'<zeebe:input source="{value}" target="{name}"/>' for name, value in given.items())
    step = f'<zeebe:taskDefinition type="contact.log"/><zeebe:ioMapping>{inputs}</zeebe:ioMapping>'
    inside = node("startEvent", "begin") + node("serviceTask", "note", extended(step), name="Eintragen")
    drawn = diagram(inside + node("endEvent", "done") + flows("begin>note", "note>done"), key=sample.KEY)
    with begin() as tx:
        archive = sample.archive({f"{sample.KEY}.bpmn": drawn})
        definitions.deploy(tx, bundle.read(archive), catalogue(tx))
        instance = runtime.start(tx, ENGINE, sample.KEY, {}, subject="case:1").id
    mine = signed_in("coordinator")
    assert "gehört noch zu keinem Eintrag im Register" in entries(mine.get("/cases/1").text)
    with begin() as tx:
        known = organisations.add(tx, "Verein Brücke").id
    assert mine.post("/cases/1/organisation", {"organisation": str(known)}).status_code == 302
    with begin() as tx:
        runtime.retry(tx, ENGINE, tx.session.scalars(select(Incident.id)).one())
    assert "Ruft wieder an" in mine.get(f"/contacts?organisation={known}").text
    with begin() as tx:
        assert tx.session.get_one(Instance, instance).status == "completed"
