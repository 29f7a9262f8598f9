"""Tasks on pages: claim, draft, complete, and what the second of two people is told."""

import re
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp import sample
from tests.webapp.conftest import Browser, Enquired
from workflows.domain import people
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

SignIn = Callable[[str], Browser]


@pytest.fixture
def task_id(begin: Begin, house: None) -> int:
    """A new task of the coordination."""
    with begin() as tx:
        sample.deploy(tx)
    return sample.start(begin)


def test_a_task_is_found_filled_in_and_done(signed_in: SignIn, task_id: int, begin: Begin) -> None:
    mine = signed_in("coordinator")
    assert f"/tasks/{task_id}" in mine.get("/inbox").text
    assert "Antwort" in mine.get(f"/tasks/{task_id}").text
    answer = mine.post(f"/tasks/{task_id}/complete", {"answer": "Ja", "amount": "12,50"})
    assert (answer.status_code, answer.location) == (302, "/inbox")
    with begin() as tx:
        done = tx.session.get_one(Task, task_id)
        assert (done.status, done.done_by) == ("done", "Person coordinator")
        assert [task.element_id for task in sample.tasks_of(tx, done.instance_id)] == ["first", "second"]


def test_wrong_values_come_back_with_what_was_typed(signed_in: SignIn, task_id: int) -> None:
    answer = signed_in("coordinator").post(f"/tasks/{task_id}/complete", {"amount": "viel", "answer": ""})
    assert answer.status_code == 422
    assert 'value="viel"' in answer.text
    assert "Bitte füllen Sie dieses Feld aus." in answer.text
    summary = answer.text.partition("data-error-summary")[2].partition("</ul>")[0]
    assert re.findall(r'href="#([^"]+)"', summary) == ["f-answer", "f-amount"], "in the order of the form"
    assert 'id="f-answer"' in answer.text
    assert "<title>2 Fehler: Antworten" in answer.text


def test_conditions_work_without_javascript(signed_in: SignIn, task_id: int) -> None:
    mine = signed_in("coordinator")
    assert "Warum so viel?" not in mine.get(f"/tasks/{task_id}").text
    answer = mine.post(f"/tasks/{task_id}/complete", {"amount": "500", "_action": "refresh"})
    assert answer.status_code == 200
    assert "Warum so viel?" in answer.text
    assert "Warum so viel?" in mine.get(f"/tasks/{task_id}").text  # kept as a draft


def test_the_live_script_gets_fields_and_the_draft_is_kept(signed_in: SignIn, task_id: int) -> None:
    mine = signed_in("coordinator")
    answer = mine.post(f"/tasks/{task_id}/draft", {"answer": "halb", "amount": "500"}, headers={"X-Fragment": "1"})
    assert "Warum so viel?" in answer.text
    assert "<html" not in answer.text
    assert answer.headers["X-Draft-Saved"]
    assert 'value="halb"' in mine.get(f"/tasks/{task_id}").text


def test_claim_and_release(signed_in: SignIn, task_id: int, begin: Begin) -> None:
    mine = signed_in("coordinator")
    mine.post(f"/tasks/{task_id}/claim")
    assert f"/tasks/{task_id}" in mine.get("/inbox?scope=mine").text
    mine.post(f"/tasks/{task_id}/release")
    assert f"/tasks/{task_id}" not in mine.get("/inbox?scope=mine").text


def test_other_groups_tasks_are_not_there(signed_in: SignIn, task_id: int) -> None:
    office = signed_in("office")
    assert office.get(f"/tasks/{task_id}").status_code == 404
    for verb in ("claim", "release", "draft", "complete"):
        assert office.post(f"/tasks/{task_id}/{verb}", {"answer": "Ja"}).status_code == 404


def test_unchanged_lists_cost_no_body(signed_in: SignIn, task_id: int) -> None:
    mine = signed_in("coordinator")
    first = mine.get("/inbox/rows")
    again = mine.get("/inbox/rows", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_second_reads_who_did_it_and_finds_the_typed_values(signed_in: SignIn, task_id: int) -> None:
    first, second = signed_in("coordinator"), signed_in("coordinator")
    assert first.post(f"/tasks/{task_id}/complete", {"answer": "Ja"}).status_code == 302
    late = second.post(f"/tasks/{task_id}/complete", {"answer": "meine lange Antwort", "amount": "7,5"})
    assert late.status_code == 409
    assert "Person coordinator" in late.text
    assert "meine lange Antwort" in late.text
    assert "7,5" in late.text


def test_ten_people_complete_one_task_at_once(app: Flask, signed_in: SignIn, task_id: int, begin: Begin) -> None:
    crowd = [signed_in("coordinator") for _ in range(10)]
    tokens = [person.token() for person in crowd]
    start, answers = Barrier(len(crowd)), []

    def complete(person: Browser, token: str, number: int) -> None:
        start.wait()
        data = {"answer": f"Antwort {number}", "csrf_token": token}
        answers.append(person.client.post(f"/tasks/{task_id}/complete", base_url="https://lotse.example", data=data))

    threads = [Thread(target=complete, args=(*pair, n)) for n, pair in enumerate(zip(crowd, tokens, strict=True))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    assert all(re.search(r"Antwort \d", answer.text) for answer in answers if answer.status_code == 409)
    with begin() as tx:
        done = tx.session.get_one(Task, task_id)
        instance = tx.session.get_one(Instance, done.instance_id)
        assert instance.status == "running"
        assert [task.status for task in sample.tasks_of(tx, instance.id)] == ["done", "open"]


def test_a_second_window_is_told_and_shows_both_versions(signed_in: SignIn, task_id: int, begin: Begin) -> None:
    mine = signed_in("coordinator")
    assert 'name="_revision" value="0"' in mine.get(f"/tasks/{task_id}").text
    first = {"answer": "aus dem ersten Fenster", "_revision": "0"}
    saved = mine.post(f"/tasks/{task_id}/draft", first, headers={"X-Fragment": "1"})
    assert saved.headers["X-Draft-Revision"] == "1"
    second = {"answer": "aus dem zweiten Fenster", "_revision": "0"}
    live = mine.post(f"/tasks/{task_id}/draft", second, headers={"X-Fragment": "1"})
    assert (live.status_code, live.headers["X-Conflict"]) == (409, "draft_conflict")
    assert "in einem anderen Fenster geändert" in live.text
    for verb in ("draft", "complete"):
        both = mine.post(f"/tasks/{task_id}/{verb}", second)
        assert both.status_code == 409
        assert "aus dem ersten Fenster" in both.text
        assert "aus dem zweiten Fenster" in both.text
        assert 'name="_revision" value="1"' in both.text  # choosing one's own goes on top of the other
    chosen = mine.post(f"/tasks/{task_id}/draft", {**second, "_revision": "1"})
    assert chosen.status_code == 302
    assert "aus dem zweiten Fenster" in mine.get(f"/tasks/{task_id}").text
    assert mine.post(f"/tasks/{task_id}/complete", {**second, "_revision": "1"}).status_code == 302  # says the same
    with begin() as tx:
        assert (tx.session.get_one(Task, task_id).values or {})["answer"] == "aus dem zweiten Fenster"


def test_the_page_says_what_was_what_comes_and_who_could_do_it(signed_in: SignIn, task_id: int) -> None:
    page = signed_in("coordinator").get(f"/tasks/{task_id}").text
    for words in ("Bisher", "Ablauf begonnen", "Wie es weitergeht", "Nachsehen", "Zurückstellen (Wiedervorlage)"):
        assert words in page
    other = signed_in("leadership").get(f"/tasks/{task_id}").text
    assert "Zurückstellen" not in other


def test_a_reminder_is_told_by_its_name_and_ends_nothing(signed_in: SignIn, enquiry: Enquired, begin: Begin) -> None:
    with begin() as tx:
        triage = tx.session.scalars(select(Task.id).where(Task.element_id == "triage")).one()
    page = signed_in("coordinator").get(f"/tasks/{triage}").text
    reminder = page.partition("Nach 3 Arbeitstagen:")[2].partition("</li>")[0]
    assert "Die Aufgabe bleibt offen." in reminder
    assert "Damit ist der Ablauf zu Ende." not in reminder


def test_who_may_only_look_is_offered_nothing_to_send(signed_in: SignIn, task_id: int) -> None:
    mine, other = signed_in("coordinator"), signed_in("leadership")
    page = other.get(f"/tasks/{task_id}").text
    assert "Ausfüllen kann es nur, wer zuständig ist." in page
    assert re.search(r'<fieldset[^>]* disabled>.*name="answer"', page, re.DOTALL)
    assert "Aufgabe abschließen" not in page
    assert "Aufgabe abschließen" in mine.get(f"/tasks/{task_id}").text
    assert mine.post(f"/tasks/{task_id}/complete", {"answer": "Ja"}).status_code == 302
    page = mine.get(f"/tasks/{task_id}").text
    assert "erledigt oder entfallen" in page
    assert 'value="Ja"' in page
    assert "Aufgabe abschließen" not in page


def test_a_task_is_handed_over_from_its_page(signed_in: SignIn, task_id: int, begin: Begin) -> None:
    mine = signed_in("coordinator")
    with begin() as tx:
        other = people.create(tx, "x@lotse.example", "Andere Person", roles=["coordinator"])
    assert "Andere Person" in mine.get(f"/tasks/{task_id}").text
    assert mine.post(f"/tasks/{task_id}/hand-over", {"user_id": "0"}).status_code == 422
    mine.post(f"/tasks/{task_id}/hand-over", {"user_id": other.id})
    assert "Die Aufgabe liegt jetzt bei Andere Person." in mine.get("/inbox").text
    with begin() as tx:
        assert tx.session.get_one(Task, task_id).assignee_id == other.id


def test_words_of_the_office_are_explained_where_they_stand(signed_in: SignIn, enquiry: Enquired, begin: Begin) -> None:
    mine = signed_in("coordinator")
    with begin() as tx:
        triage = tx.session.scalars(select(Task.id).where(Task.element_id == "triage")).one()
    values = {"decision": "help", "summary": "Raum", "urgency": "normal", "support_level": "inform", "ways": "refer"}
    assert mine.post(f"/tasks/{triage}/complete", values).status_code == 302
    with begin() as tx:
        choosing = tx.session.scalars(select(Task.id).where(Task.element_id == "choose_offices")).one()
    page = mine.get(f"/tasks/{choosing}").text
    assert "Was heißt „Arbeitstag“?" in page
    assert "Montag bis Freitag, ohne die hessischen Feiertage." in page
    assert "Was heißt „Satzung“?" not in page
