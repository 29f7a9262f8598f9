"""What people upload is kept, survives mistakes, belongs to who sent it, and is seen by nobody else."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.conftest import Begin
from tests.core.test_files import PDF, PNG
from tests.webapp import sample
from tests.webapp.conftest import ENQUIRY, Browser, Enquired
from tests.webapp.test_public import fill_in
from webapp import visitors
from workflows.actions import attachments, enquiries, rounds
from workflows.actions.attachments import Upload
from workflows.core import audit, files
from workflows.core.audit.log import AuditEntry
from workflows.core.clock import SetClock
from workflows.core.files import File
from workflows.core.tx import SYSTEM
from workflows.domain.cases import Case
from workflows.engine.tasks import Task

TEST_FIELD = {"type": "file", "key": "papers", "label": "Unterlagen", "multiple": True}


def upload(name: str = "Satzung.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def stored(begin: Begin) -> list[tuple[str, str, bool]]:
    with begin() as tx:
        return [(file.name, file.about, file.is_shared) for file in tx.session.scalars(select(File).order_by(File.id))]


def numbers(answer: TestResponse, field: str = "attachments") -> list[str]:
    return re.findall(rf'type="hidden" name="{field}" value="(\d+)"', answer.text)


@pytest.mark.usefixtures("house")
def test_an_upload_survives_a_mistake_and_comes_with_the_enquiry(
    browser: Browser, clock: SetClock, begin: Begin
) -> None:
    sent = fill_in(browser, clock, contact_email="keine Adresse")
    answer = browser.post("/anfrage", {**sent, "attachments": upload()})
    assert answer.status_code == 422
    kept = numbers(answer)
    assert len(kept) == 1
    assert "Satzung.pdf" in answer.text
    assert 'value="keine Adresse"' in answer.text
    sent = {**sent, "contact_email": "amal@verein.example", "attachments": kept}
    assert browser.post("/anfrage", sent).status_code == 302
    with begin() as tx:
        case = tx.session.scalars(select(Case)).one()
    assert stored(begin) == [("Satzung.pdf", case.stream, True)]
    assert browser.post("/anfrage", sent).status_code == 302  # sent twice, it stays one case with one file
    assert len(stored(begin)) == 1


@pytest.mark.usefixtures("house")
def test_one_line_fills_no_disk_through_the_public_form(
    browser: Browser, clock: SetClock, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "UPLOADS_PER_HOUR", 2)
    for _ in range(3):
        answer = browser.post("/anfrage/felder", {**fill_in(browser, clock), "attachments": upload()})
    assert len(stored(begin)) == 2
    assert "Bitte wählen Sie sie noch einmal aus" in answer.text


@pytest.mark.usefixtures("house")
def test_many_lines_together_fill_no_disk_and_it_is_recorded(
    browser: Browser, clock: SetClock, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "UPLOADS_TOGETHER", 3)
    sent = fill_in(browser, clock)
    for number in range(5):
        bringing = {**sent, "attachments": upload(f"{number}.pdf")}
        answer = browser.post("/anfrage/felder", bringing, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    assert len(stored(begin)) == 3
    assert "Bitte wählen Sie sie noch einmal aus" in answer.text
    with begin() as tx:
        reached = select(func.count()).select_from(AuditEntry).where(AuditEntry.object == "limit:upload")
        assert tx.session.scalar(reached) == 1


@pytest.mark.usefixtures("house")
def test_several_files_and_one_left_out(browser: Browser, clock: SetClock, begin: Begin) -> None:
    sent = fill_in(browser, clock, _action="refresh")
    answer = browser.post("/anfrage", {**sent, "attachments": [upload(), upload("foto.png", PNG)]})
    first, second = numbers(answer)
    answer = browser.post("/anfrage/felder", {**sent, "attachments": [first, second], "_remove": "attachments[0]"})
    assert numbers(answer) == [second]
    again = browser.post("/anfrage/felder", {**sent, "attachments": upload("foto.png", PNG)})
    assert numbers(again) == [second]  # the same file chosen twice is one
    assert browser.post("/anfrage", {**sent, "_action": "send", "attachments": [second]}).status_code == 302
    assert [name for name, _about, _shared in stored(begin)] == ["foto.png"]


@pytest.mark.usefixtures("house")
def test_a_foreign_number_is_no_file(browser: Browser, clock: SetClock, begin: Begin) -> None:
    other = Browser(browser.client.application.test_client())
    foreign = numbers(other.post("/anfrage", {**fill_in(other, clock, _action="refresh"), "attachments": upload()}))
    answer = browser.post("/anfrage", fill_in(browser, clock, attachments=[*foreign, "99999", "x"]))
    assert answer.status_code == 422
    assert "Satzung.pdf" not in answer.text
    assert numbers(answer) == []
    assert stored(begin)[0][1].startswith("form:")


def _archive(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("[Content_Types].xml", b"<T/>"), ("_rels/.rels", b"<R/>"), *members):
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("virus.exe", b"MZ" + bytes(60), "Diese Art Datei nehmen wir nicht an"),
        ("seite.pdf", b"<html><script>alert(1)</script>", "passt nicht zu ihrer Endung"),
        ("leer.pdf", b"", "Die Datei ist leer"),
        ("gross.pdf", PDF + bytes(files.LARGEST), "Die Datei ist zu groß"),
        ("bombe.docx", _archive(("word/document.xml", bytes(30_000_000))), "können wir nicht prüfen"),
        (
            "makro.docx",
            _archive(("word/document.xml", b"<d/>"), ("word/vbaProject.bin", b"x")),
            "können wir nicht prüfen",
        ),
    ],
)
def test_what_is_not_expected_is_refused_with_a_sentence_and_the_rest_stays(
    browser: Browser, clock: SetClock, begin: Begin, name: str, content: bytes, words: str
) -> None:
    sent = fill_in(browser, clock)
    answer = browser.post("/anfrage", {**sent, "attachments": [upload(name, content), upload()]})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Elternabend" in answer.text
    assert [kept for kept, _about, _shared in stored(begin)] == ["Satzung.pdf"]
    answer = browser.post("/anfrage/felder", {**sent, "attachments": upload(name, content)})
    assert words in answer.text


@pytest.mark.usefixtures("house")
def test_a_forged_ticket_keeps_nothing_and_a_form_holds_ten(browser: Browser, clock: SetClock, begin: Begin) -> None:
    sent = fill_in(browser, clock, _action="refresh")
    answer = browser.post("/anfrage", {**sent, "_ticket": "gefälscht", "attachments": upload()})
    assert "Bitte wählen Sie sie noch einmal aus" in answer.text
    assert stored(begin) == []
    many = [upload(f"{number}.pdf", PDF + bytes([number])) for number in range(12)]
    assert "Mehr als 10 Dateien" in browser.post("/anfrage", {**sent, "attachments": many}).text
    assert len(stored(begin)) == attachments.MOST_WAITING


@pytest.mark.usefixtures("house")
def test_what_was_never_sent_is_forgotten(browser: Browser, clock: SetClock, begin: Begin) -> None:
    browser.post("/anfrage", {**fill_in(browser, clock, _action="refresh"), "attachments": upload()})
    clock.advance(timedelta(days=8))
    with begin(SYSTEM) as tx:
        rounds.tidy(tx)
    assert stored(begin) == []


def test_files_of_a_case_are_for_who_may_see_it(
    signed_in: Callable[[str], Browser], browser: Browser, enquiry: Enquired, begin: Begin
) -> None:
    with begin(SYSTEM) as tx:
        inside = attachments.attach(tx, enquiry.case_id, Upload("intern.pdf", io.BytesIO(PDF)), False)
        shared = attachments.attach(tx, enquiry.case_id, Upload("für alle.pdf", io.BytesIO(PDF + b"2")), True)
        other_case = enquiries.submit(tx, ENQUIRY, "de", "other")[0].id
    coordinator = signed_in("coordinator")
    answer = coordinator.get(f"/files/{inside.key}")
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    for role in ("office", "reviewer", "process_owner", "admin"):
        assert signed_in(role).get(f"/files/{shared.key}").status_code == 404
    assert browser.get(f"/s/{enquiry.token}/files/{shared.key}").data == PDF + b"2"
    assert browser.get(f"/s/{enquiry.token}/files/{inside.key}").status_code == 404
    share = f"/files/{inside.key}/share"
    assert coordinator.post(f"/cases/{other_case}{share}", {"shared": "true"}).status_code == 404
    assert browser.get(f"/s/{enquiry.token}/files/{inside.key}").status_code == 404
    coordinator.post(f"/cases/{enquiry.case_id}{share}", {"shared": "true"})
    assert browser.get(f"/s/{enquiry.token}/files/{inside.key}").status_code == 200


def test_the_office_adds_files_to_a_case(signed_in: Callable[[str], Browser], enquiry: Enquired, begin: Begin) -> None:
    coordinator = signed_in("coordinator")
    page = f"/cases/{enquiry.case_id}"
    given = [upload(), upload("virus.exe", b"MZ")]
    assert coordinator.post(f"{page}/files", {"files": given, "shared": "true"}).location == page
    shown = coordinator.get(page).text
    assert "Satzung.pdf" in shown
    assert "virus.exe: Diese Art Datei" in shown
    assert stored(begin) == [("Satzung.pdf", f"case:{enquiry.case_id}", True)]


def test_a_tasks_upload_is_kept_with_its_draft_and_goes_with_the_task(
    signed_in: Callable[[str], Browser], begin: Begin
) -> None:
    coordinator = signed_in("coordinator")
    with begin() as tx:
        sample.deploy(tx, TEST_FIELD)
    task = f"/tasks/{sample.start(begin)}"
    answer = coordinator.post(f"{task}/draft", {"papers": upload()}, headers={"X-Fragment": "1"})
    kept = numbers(answer, "papers")
    assert numbers(coordinator.get(task), "papers") == kept
    answer = coordinator.post(f"{task}/complete", {"papers": kept})  # the answer is missing
    assert answer.status_code == 422
    assert numbers(answer, "papers") == kept
    assert coordinator.post(f"{task}/complete", {"papers": kept, "answer": "ja"}).status_code == 302
    assert stored(begin) == [("Satzung.pdf", "system", False)]


def test_what_waits_in_an_open_task_is_kept_however_old(
    signed_in: Callable[[str], Browser], begin: Begin, clock: SetClock
) -> None:
    with begin() as tx:
        sample.deploy(tx, TEST_FIELD)
    number = sample.start(begin)
    signed_in("coordinator").post(f"/tasks/{number}/draft", {"papers": upload()}, headers={"X-Fragment": "1"})
    clock.advance(timedelta(days=100))
    with begin(SYSTEM) as tx:
        rounds.tidy(tx)
    assert stored(begin) == [("Satzung.pdf", f"task:{number}", False)]
    with begin(SYSTEM) as tx:
        tx.session.get_one(Task, number).status = "cancelled"
        rounds.tidy(tx)
    assert stored(begin) == []


def test_a_file_added_again_is_one_and_shared_as_was_said_last(
    signed_in: Callable[[str], Browser], browser: Browser, enquiry: Enquired, begin: Begin
) -> None:
    coordinator = signed_in("coordinator")
    page = f"/cases/{enquiry.case_id}/files"
    for sent in ({}, {}, {"shared": "true"}):
        coordinator.post(page, {"files": upload(), **sent})
    assert stored(begin) == [("Satzung.pdf", f"case:{enquiry.case_id}", True)]
    assert "Satzung.pdf" in browser.get(f"/s/{enquiry.token}").text
    with begin() as tx:
        entries = audit.entries(tx.session, f"case:{enquiry.case_id}", events=["file.added", "file.shared"])
        assert [entry.event for entry in entries] == ["file.shared", "file.added"]


def test_from_a_task_files_come_to_its_case_and_what_was_typed_stays(
    signed_in: Callable[[str], Browser], enquiry: Enquired, begin: Begin
) -> None:
    coordinator = signed_in("coordinator")
    with begin() as tx:
        task = f"/tasks/{tx.session.scalars(select(Task.id).where(Task.group_key == 'group:coordination')).one()}"
    page = coordinator.get(task).text
    assert f'formaction="{task}/files"' in page
    sent = {"summary": "Ein angefangener Satz", "_case_files": upload(), "_case_shared": "true"}
    assert coordinator.post(f"{task}/files", sent).location == f"{task}#files"
    page = coordinator.get(task).text
    assert "Ein angefangener Satz" in page
    assert "Satzung.pdf" in page
    assert stored(begin) == [("Satzung.pdf", f"case:{enquiry.case_id}", True)]
    # Not taken, and said why; sent with the form itself it is not forgotten either.
    wrong = coordinator.post(
        f"{task}/files", {"_case_files": upload("x.pdf", b"MZ" + bytes(60))}, follow_redirects=True
    )
    assert "x.pdf:" in wrong.text
    assert "Bitte wählen Sie zuerst" in coordinator.post(f"{task}/files", {}, follow_redirects=True).text
    coordinator.post(f"{task}/complete", {"_case_files": upload("Anlage.pdf", PDF + b" ")})
    assert [name for name, _about, _shared in stored(begin)] == ["Satzung.pdf", "Anlage.pdf"]


def test_files_added_over_somebody_elses_draft_are_kept_and_both_versions_shown(
    signed_in: Callable[[str], Browser], enquiry: Enquired, begin: Begin
) -> None:
    coordinator = signed_in("coordinator")
    with begin() as tx:
        number = tx.session.scalars(select(Task.id).where(Task.group_key == "group:coordination")).one()
        old = tx.session.get_one(Task, number).revision
    coordinator.post(f"/tasks/{number}/draft", {"summary": "Von drüben"})
    sent = {"summary": "Von hier", "_revision": old, "_case_files": upload()}
    answer = coordinator.post(f"/tasks/{number}/files", sent)
    assert (answer.status_code, "Von hier" in answer.text, "Von drüben" in answer.text) == (409, True, True)
    assert len(stored(begin)) == 1
