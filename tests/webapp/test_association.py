"""An association's own access: nothing without a link, everything that is its own with one, until somebody leaves."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from benchmarks.statements import counted
from tests.conftest import Begin
from tests.webapp.conftest import ADDRESS, ENQUIRY, Browser
from webapp.association import views
from webapp.extensions import Surroundings, db
from workflows import worker
from workflows.actions import association, enquiries
from workflows.core import audit, links, texts
from workflows.core.clock import SetClock
from workflows.core.db import make_sessions
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.tx import PUBLIC
from workflows.domain import cases, organisation_people, organisations, people
from workflows.domain.cases import Case
from workflows.domain.organisations import Origin

ASK = "/meine-organisation"


@dataclass(frozen=True)
class Bridge:
    """An association with two contact persons and two cases, one of them asked for by somebody else."""

    id: int
    first: int
    second: int
    own_case: int
    others_case: int


@pytest.fixture
def bridge(begin: Begin, house: None) -> Bridge:
    with begin() as tx:
        told = Origin("self", organisations.today(tx))
        one = organisations.add(tx, "Verein Brücke", told, {"members": "to_49", "district": "westend"})
        first = organisation_people.add(
            tx, one.id, {"name": "Erste", "role": "chair", "email": "amal@verein.example", "language": "ar"}
        )
        second = organisation_people.add(
            tx, one.id, {"name": "Zweite", "role": "board", "email": "zwei@verein.example"}
        )
    with begin(PUBLIC) as tx:
        own, _ = enquiries.submit(tx, ENQUIRY, "de", "own")
        others, _ = enquiries.submit(tx, {**ENQUIRY, "contact_email": "fremd@anderswo.example"}, "de", "others")
    with begin() as tx:
        for case in (own, others):
            cases.advance(tx, case.id, "in_progress")
    return Bridge(one.id, first.id, second.id, own.id, others.id)


def mails(begin: Begin, to: str) -> list[tuple[str, str, Link]]:
    with begin() as tx:
        return [
            (mail.subject, mail.language, mail.link)
            for mail in tx.session.scalars(select(Mail).where(Mail.to_address == to).order_by(Mail.id))
            if mail.link is not None and mail.link.purpose == "organisation_access"
        ]


def ask(browser: Browser, email: str) -> TestResponse:
    """What whoever asks for a link is told at once; the mail is the worker's."""
    answer = browser.post(ASK, {"email": email})
    around: Surroundings = browser.client.application.extensions["lotse"]
    with browser.client.application.app_context():
        worker.run_due(make_sessions(db.engine), around.settings, around.clock)
    return answer


def path_of(begin: Begin, settings: Settings, to: str) -> str:
    return f"/o/{links.token(mails(begin, to)[-1][2], settings)}"


def opened(app: Flask, begin: Begin, settings: Settings, email: str) -> Browser:
    browser = Browser(app.test_client())
    ask(browser, email)
    assert browser.post(path_of(begin, settings, email)).status_code == 302
    return browser


def test_whoever_asks_hears_the_same_and_only_a_registered_contact_gets_a_mail(
    browser: Browser, begin: Begin, bridge: Bridge
) -> None:
    answers = []
    for email in ("amal@verein.example", "niemand@verein.example", "Verein Brücke", ""):
        answer = ask(browser, email)
        answers.append((answer.status_code, answer.headers["Location"], browser.get(answer.headers["Location"]).text))
    assert len({(status, place) for status, place, _ in answers}) == 1
    assert "Verein Brücke" not in answers[0][2]
    assert [(subject, language) for subject, language, _ in mails(begin, "amal@verein.example")] == [
        ("رابطكم إلى «منظمتي»", "ar")
    ]
    assert mails(begin, "niemand@verein.example") == []


def test_nobody_learns_from_the_time_who_speaks_for_an_association(app: Flask, bridge: Bridge) -> None:
    """The same statements for every address: what differs is done later, elsewhere."""
    seen = []
    for email in ("amal@verein.example", "niemand@verein.example"):
        visitor = Browser(app.test_client())
        sent = {"csrf_token": visitor.token(), "email": email}
        with app.app_context(), counted(db.engine) as count:
            visitor.client.post(ASK, base_url=ADDRESS, data=sent)
        seen.append((count.statements, count.commits))
    assert seen[0] == seen[1]


def test_asking_is_throttled_per_address_silently_and_per_client_openly(
    app: Flask, begin: Begin, bridge: Bridge
) -> None:
    for _ in range(6):
        assert ask(Browser(app.test_client()), "zwei@verein.example").status_code == 302
    assert len(mails(begin, "zwei@verein.example")) == 3
    statuses = [Browser(app.test_client()).post(ASK, {"email": f"{n}@x.example"}).status_code for n in range(20)]
    assert statuses[-1] == 429


def test_following_the_link_changes_nothing_and_opening_it_shows_the_own_entry(
    browser: Browser, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    ask(browser, "amal@verein.example")
    path = path_of(begin, settings, "amal@verein.example")
    neutral = browser.get(path)
    assert neutral.status_code == 200
    assert "Verein Brücke" not in neutral.text
    assert "Verein Brücke" not in browser.get(ASK).text, "a GET of the link opens nothing"
    assert browser.post(path).headers["Location"] == ASK
    page = browser.get(ASK).text
    for words in ("Verein Brücke", "20 bis 49", "Erste", "Zweite"):
        assert words in page
    assert browser.get("/o/unbekannt").status_code == browser.post("/o/unbekannt").status_code == 404


def test_it_sees_the_state_of_its_cases_and_the_page_of_those_it_asked_for(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    browser = opened(app, begin, settings, "amal@verein.example")
    with begin() as tx:
        references = [tx.session.get_one(cases.Case, n).reference for n in (bridge.own_case, bridge.others_case)]
    page = browser.get(ASK).text
    assert all(reference in page for reference in references)
    assert page.count("Stand ansehen</span>") == 1
    answer = browser.post(f"{ASK}/vorgang/{bridge.own_case}")
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert browser.post(f"{ASK}/vorgang/{bridge.others_case}").status_code == 404
    assert Browser(app.test_client()).post(f"{ASK}/vorgang/{bridge.own_case}").status_code == 404


def test_a_case_whose_status_page_has_ended_offers_no_way_there(
    app: Flask, begin: Begin, settings: Settings, clock: SetClock, bridge: Bridge
) -> None:
    with begin() as tx:
        cases.close(tx, bridge.own_case, "answered")
    clock.set(clock.now() + timedelta(days=181))
    browser = opened(app, begin, settings, "amal@verein.example")
    assert "Stand ansehen</span>" not in browser.get(ASK).text
    assert browser.post(f"{ASK}/vorgang/{bridge.own_case}").status_code == 404


def test_a_case_nobody_has_looked_at_is_not_shown_to_the_association_it_names(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    with begin(PUBLIC) as tx:
        unseen, _ = enquiries.submit(tx, ENQUIRY, "de", "unseen")
    assert unseen.organisation_id == bridge.id
    assert unseen.reference not in opened(app, begin, settings, "amal@verein.example").get(ASK).text


def test_who_leaves_loses_access_at_once_in_open_windows_too(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    first = opened(app, begin, settings, "amal@verein.example")
    second = opened(app, begin, settings, "zwei@verein.example")
    assert second.post(f"{ASK}/personen", {"person": bridge.first}).status_code == 409
    assert first.post(f"{ASK}/personen", {"person": bridge.second}).status_code == 302
    assert "Verein Brücke" not in second.get(ASK).text
    assert second.post(f"{ASK}/stimmt").status_code == 404
    assert second.get(path_of(begin, settings, "zwei@verein.example")).status_code == 404
    ask(second, "zwei@verein.example")
    assert len(mails(begin, "zwei@verein.example")) == 1, "no new link either"
    first.post(f"{ASK}/personen", {"person": bridge.first})
    assert "Verein Brücke" not in first.get(ASK).text


def test_leaving_asks_first_and_who_leaves_last_is_told_to_each_of_the_coordination_in_its_language(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge, signed_in: Callable[[str], Browser]
) -> None:
    with begin() as tx:
        people.create(
            tx, "eve@lotse.example", "Eve", roles=["coordinator"], groups=["group:coordination"], language="en"
        )
    first = opened(app, begin, settings, "amal@verein.example")
    first.post(f"{ASK}/verzeichnis", {"answer": "list", "fields": []})
    first.post(f"{ASK}/personen", {"person": bridge.second})
    assert "Verein Brücke" in first.get("/verzeichnis").text
    address = f"{ASK}/personen?person={bridge.first}"
    assert address in first.get(ASK).text
    asked = first.get(address)
    assert "Sind Sie nicht mehr dabei?" in asked.text
    assert "Danach kann niemand mehr Ihren Eintrag öffnen." in asked.text
    assert "Verein Brücke" in first.get(ASK).text, "looking changes nothing"
    assert first.get(f"{ASK}/personen?person={bridge.second}").status_code == 404
    assert Browser(app.test_client()).get(address).location == ASK
    first.post(f"{ASK}/personen", {"person": bridge.first})
    assert "Verein Brücke" not in first.get("/verzeichnis").text
    with begin() as tx:
        subjects = {
            user.email: tx.session.scalars(select(Mail.subject).where(Mail.to_address == user.email)).all()
            for user in people.members(tx.session, "group:coordination")
        }
    assert subjects == {
        "coordinator@lotse.example": ["Niemand mehr erreichbar: Verein Brücke"],
        "eve@lotse.example": ["Nobody can be reached any more: Verein Brücke"],
    }
    assert "Niemand spricht mehr für die Organisation" in signed_in("coordinator").get(f"/register/{bridge.id}").text


def test_the_page_of_a_case_closes_for_who_leaves_and_soon_for_everybody(
    app: Flask, begin: Begin, settings: Settings, clock: SetClock, bridge: Bridge
) -> None:
    first = opened(app, begin, settings, "amal@verein.example")
    second = opened(app, begin, settings, "zwei@verein.example")
    pages = [each.post(f"{ASK}/vorgang/{bridge.own_case}").headers["Location"] for each in (first, second)]
    stranger = Browser(app.test_client())
    assert [stranger.get(page).status_code for page in pages] == [200, 200]
    first.post(f"{ASK}/personen", {"person": bridge.second})
    assert [stranger.get(page).status_code for page in pages] == [200, 404]
    clock.set(clock.now() + association.STATUS_LIVES)
    assert stranger.get(pages[0]).status_code == 404


def test_the_link_mailed_for_a_case_ends_for_who_leaves_and_the_case_passes_to_the_next(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    def mailed(case_id: int) -> str:
        with begin() as tx:
            found = select(Link).where(Link.target == f"case:{case_id}", Link.recipient == f"case:{case_id}")
            return f"/s/{links.token(tx.session.scalars(found).one(), settings)}"

    def reached() -> list[str]:
        with begin() as tx:
            asked = (tx.session.get_one(Case, number) for number in (bridge.own_case, bridge.others_case))
            return [case.contact_email for case in asked]

    pages = [mailed(bridge.own_case), mailed(bridge.others_case)]
    first, stranger = opened(app, begin, settings, "amal@verein.example"), Browser(app.test_client())
    second = opened(app, begin, settings, "zwei@verein.example")
    assert second.post(f"{ASK}/vorgang/{bridge.own_case}").status_code == 302
    assert [stranger.get(page).status_code for page in pages] == [200, 200]
    first.post(f"{ASK}/personen", {"person": bridge.first})
    assert [stranger.get(page).status_code for page in pages] == [404, 200], "who is no contact asked on their own"
    assert reached() == ["zwei@verein.example", "fremd@anderswo.example"]
    own = second.post(f"{ASK}/vorgang/{bridge.own_case}").headers["Location"]
    assert stranger.get(own).status_code == 200
    with begin() as tx:
        (entry, *_) = audit.entries(tx.session, f"case:{bridge.own_case}", events=["case.edited"])
        assert "verein.example" not in str(entry.details)
    second.post(f"{ASK}/personen", {"person": bridge.second})
    assert stranger.get(own).status_code == 404
    assert reached() == ["", "fremd@anderswo.example"]


def test_a_new_address_ends_what_the_old_one_opened(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    browser = opened(app, begin, settings, "zwei@verein.example")
    with begin() as tx:
        organisation_people.edit(tx, bridge.second, {"name": "Zweite", "role": "board", "email": "neu@verein.example"})
    assert "Verein Brücke" not in browser.get(ASK).text


def test_a_session_ends_after_hours_and_by_hand(
    app: Flask, begin: Begin, settings: Settings, clock: SetClock, bridge: Bridge
) -> None:
    browser = opened(app, begin, settings, "amal@verein.example")
    clock.set(clock.now() + association.SESSION_LIVES)
    assert "Verein Brücke" not in browser.get(ASK).text
    browser = opened(app, begin, settings, "amal@verein.example")
    browser.post(f"{ASK}/ende")
    assert "Verein Brücke" not in browser.get(ASK).text


def test_corrections_wait_for_the_coordinator_and_confirming_counts_at_once(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    browser = opened(app, begin, settings, "amal@verein.example")
    form = browser.get(f"{ASK}/aendern").text
    assert 'value="Verein Brücke"' in form
    wrong = browser.post(f"{ASK}/aendern", {"name": "", "language": "de", "note": "Bitte ändern"})
    assert wrong.status_code == 422
    assert "Bitte ändern" in wrong.text
    changes = {"name": "Verein Brücke", "language": "de", "members": "to_99", "district": "westend", "note": "Neu!"}
    assert browser.post(f"{ASK}/aendern", changes).status_code == 302
    with begin() as tx:
        proposal = organisation_people.waiting(tx.session, bridge.id)
        assert proposal is not None
        assert (proposal.changes, proposal.note, proposal.contact_id) == ({"members": "to_99"}, "Neu!", bridge.first)
        assert organisations.values(tx.session, [bridge.id])[bridge.id]["members"].value == "to_49"
        assert tx.session.get_one(organisations.Organisation, bridge.id).confirmed_at is None
    browser.post(f"{ASK}/stimmt")
    with begin() as tx:
        assert tx.session.get_one(organisations.Organisation, bridge.id).confirmed_at == tx.now


def test_the_directory_shows_who_agreed_and_only_what_was_agreed(
    app: Flask, begin: Begin, settings: Settings, bridge: Bridge
) -> None:
    stranger = Browser(app.test_client())
    browser = opened(app, begin, settings, "amal@verein.example")
    assert "Verein Brücke" not in stranger.get("/verzeichnis").text
    browser.post(f"{ASK}/verzeichnis", {"answer": "list", "fields": ["topics"]})
    page = stranger.get("/verzeichnis").text
    assert "Verein Brücke" in page
    assert '<dd dir="auto">Westend' not in page
    assert "Verein Brücke" not in stranger.get("/verzeichnis?district=westend").text, "not searchable either"
    browser.post(f"{ASK}/verzeichnis", {"answer": "list", "fields": ["district"]})
    assert "Verein Brücke" in stranger.get("/verzeichnis?district=westend&q=bruecke").text
    assert browser.post(f"{ASK}/verzeichnis", {"answer": "list", "fields": ["members"]}).status_code == 422
    browser.post(f"{ASK}/verzeichnis", {"answer": "leave"})
    assert "Verein Brücke" not in stranger.get("/verzeichnis").text


def test_once_a_year_the_registered_contact_is_asked_in_its_language(
    begin: Begin, clock: SetClock, settings: Settings, app: Flask, bridge: Bridge
) -> None:
    def ask() -> int:
        with begin() as tx:
            return association.ask_whether_right(tx)

    assert ask() == 0
    clock.set(clock.now() + timedelta(days=366))
    assert ask() == 1
    assert ask() == 0, "once"
    assert [subject for subject, _, _ in mails(begin, "amal@verein.example")] == ["هل ما زال سجلكم صحيحًا؟"]
    assert mails(begin, "zwei@verein.example") == []
    clock.set(clock.now() + timedelta(days=30))
    browser = Browser(app.test_client())
    assert browser.post(path_of(begin, settings, "amal@verein.example")).status_code == 302
    browser.post(f"{ASK}/stimmt")
    clock.set(clock.now() + timedelta(days=340))
    assert ask() == 0, "it has answered less than a year ago"
    clock.set(clock.now() + timedelta(days=30))
    assert ask() == 1


def test_every_house_mail_can_be_split_and_names_only_what_it_is_given() -> None:
    folder = association.house_mails.FOLDER
    assert {path.name.split(".")[1] for path in folder.glob("*.txt")} >= {"de", "en", "ar"}
    for path in folder.glob("*.txt"):
        subject, text = texts.split(path.read_text("utf-8"))
        assert subject
        assert text.count("[[link]]") == 1
        assert set(re.findall(r"{{(.*?)}}", text)) == {"until"}, path


def test_many_who_ask_for_a_link_at_once_are_slowed_together(
    app: Flask, begin: Begin, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "ASKS_TOGETHER", 2)
    for number in range(2):
        assert Browser(app.test_client()).post(ASK, {"email": f"{number}@x.example"}).status_code == 302
    for email in ("amal@verein.example", "niemand@verein.example"):
        answer = Browser(app.test_client()).post(ASK, {"email": email})
        assert (answer.status_code, "Das liegt nicht an Ihnen." in answer.text) == (429, True)
    assert mails(begin, "amal@verein.example") == []
