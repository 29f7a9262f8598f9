"""What the association fills in itself: from its status page, by the link of its mails, without an account."""

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import select

from tests.actions.applying import typed
from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from workflows.actions import inbox
from workflows.core.outbox import Mail
from workflows.domain.funding import Application
from workflows.engine.tasks import Task

SKETCH: dict[str, object] = {
    "profile.legal_form": "association",
    "profile.seat": "city",
    "profile.registered": "yes",
    "profile.charitable": "yes",
    "profile.staff": "none",
    "profile.aims": "Wir bringen Nachbarn zusammen.",
    "sketch.title": "Chor der Nachbarn",
    "sketch.idea": "Alle zwei Wochen singen Menschen aus vielen Ländern zusammen.",
    "sketch.purpose": "project",
    "sketch.fields": ["culture"],
    "sketch.only": "none",
    "sketch.starts_on": "2026-06-01",
    "sketch.months": "6",
    "sketch.has_begun": "no",
    "sketch.region": "city",
    "sketch.total": "3000",
    "sketch.requested": "2500",
}


def _open(begin: Begin, element_id: str) -> int:
    with begin() as tx:
        return tx.session.scalars(select(Task.id).where(Task.element_id == element_id, Task.status == "open")).one()


def test_the_association_describes_its_project_from_the_link_of_its_mail(
    browser: Browser, enquiry: Enquired, advised: Callable[[], None], begin: Begin
) -> None:
    with begin() as tx:
        mail = tx.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        assert "Bitte beschreiben Sie es uns" in mail.subject
        assert "[[link]]" in mail.text
    mine = browser.opened(f"/s/{enquiry.token}")
    status = browser.get(mine).text
    path = f"{mine}/tasks/{_open(begin, 'describe_project')}"
    for words in ("Beratung", "Organisation und Vorhaben beschreiben", "Jetzt ausfüllen", "bis", path):
        assert words in status, status[status.find("<main") :]
    assert "Wie soll es heißen?" in browser.get(path).text
    kept = browser.post(path, {"sketch.title": "Chor der", "_action": "keep"})
    assert kept.location == path
    assert "Chor der" in browser.get(path).text
    missing = browser.post(path, {"sketch.title": "Chor der Nachbarn"})
    assert missing.status_code == 422
    assert "Chor der Nachbarn" in missing.text
    assert browser.post(path, SKETCH).location == mine
    again = browser.post(path, SKETCH)  # the back button and once more: it stays the first one
    assert again.location == mine
    with begin() as tx:
        done = tx.session.scalars(select(Task).where(Task.element_id == "describe_project")).one()
        assert (done.status, done.done_by, done.done_by_id) == ("done", "Amal Beispiel", None)
    status = browser.get(f"/s/{enquiry.token}").text
    assert "Gemeinsam ein Programm wählen" in status
    assert "Jetzt ausfüllen" not in status


def test_programme_state_and_deadline_stand_on_the_status_page(
    browser: Browser, enquiry: Enquired, advised: Callable[[], None], begin: Begin
) -> None:
    with begin() as tx:
        inbox.complete(tx, _open(begin, "describe_project"), typed("describe_project"))
    with begin() as tx:
        inbox.complete(
            tx,
            _open(begin, "choose_programme"),
            {"choice": "programme", "chosen_programme": "wir_mo", "choice_reason": "Passt."},
        )
    with begin() as tx:
        deadline = tx.session.scalars(select(Application.deadline_on)).one()
        assert deadline is not None
    status = browser.get(f"/s/{enquiry.token}").text
    assert "Sie sind an der Reihe" in status
    assert "Sie müssen nichts tun" not in status
    for words in ("Chor der Nachbarn", "Antrag in Arbeit", "Fragen zum Projekt beantworten", f"{deadline:%d.%m.%Y}"):
        assert words in status, status[status.find("<main") :]
    assert "Bestätigungsschreiben verfassen" in status  # what the office does stands there, too
    arabic = browser.get(f"/s/{enquiry.token}?lang=ar").text
    assert "الإجابة عن أسئلة المشروع" in arabic


def test_what_is_not_theirs_is_not_there_and_who_is_late_keeps_what_was_typed(
    browser: Browser, enquiry: Enquired, advised: Callable[[], None], begin: Begin
) -> None:
    sketch = _open(begin, "describe_project")
    path = f"/s/{enquiry.token}/tasks/{sketch}"
    assert browser.get(f"/s/unbekannt/tasks/{sketch}").status_code == 404
    with begin() as tx:
        inbox.complete(tx, sketch, typed("describe_project"))
    late = browser.post(path, SKETCH)
    assert late.status_code == 409
    assert "Chor der Nachbarn" in late.text
    # The coordination's own task is nobody's by link, neither to see nor to do.
    theirs = f"/s/{enquiry.token}/tasks/{_open(begin, 'choose_programme')}"
    assert browser.get(theirs).status_code == 404
    assert browser.post(theirs, {"choice": "none"}).status_code == 404
    assert browser.post(f"{theirs}/draft", {"choice": "none"}).status_code == 404


def test_whoever_has_called_for_money_reads_before_withdrawing_that_it_must_be_proven(
    browser: Browser, enquiry: Enquired, advised: Callable[[], None], begin: Begin
) -> None:
    page = f"/s/{enquiry.token}/withdraw"
    assert "trotzdem nachweisen" not in browser.get(page).text
    with begin() as tx:
        row = tx.session.scalars(select(Application)).one()
        row.status, row.awarded, row.drawn = "awarded", Decimal(500), Decimal(100)
    assert "trotzdem nachweisen" in browser.get(page).text
