"""Why a mail did not get out is said in words, in the case and in the list of mails."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.core.mail_server import running
from tests.webapp.conftest import Browser, Enquired
from webapp.wording.mails import mail_failure
from workflows.actions import accounts, clockwork
from workflows.core import audit
from workflows.core.clock import SetClock
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.smtp import SmtpTransport


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", "Diese E-Mail-Adresse gibt es nicht."),
        ("550 No such user here", "Diese E-Mail-Adresse gibt es nicht."),
        ("552 5.2.2 Over quota", "Das Postfach ist voll."),
        ("452 Mailbox full", "Das Postfach ist voll."),
        ("554 5.7.1 Message rejected as spam", "nimmt von uns keine E-Mails an"),
        ("451 Greylisted, try again", "späteren Versuch"),
        ("421 Too many connections", "vorübergehend gestört"),
        ("550 Denied", "hat die E-Mail abgelehnt"),
        ("TimeoutError: timed out", "nicht zu erreichen"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "nicht zu erreichen"),
        ("SMTPAuthenticationError: (535, b'wrong')", "Zugangsdaten"),
        ("UnicodeEncodeError", "lässt sich so nicht versenden"),
        ("never heard of", "konnte nicht zugestellt werden"),
        (None, ""),
    ],
)
def test_what_a_server_says_becomes_a_sentence(app: Flask, said: str | None, words: str) -> None:
    with app.test_request_context("/"):
        assert words in mail_failure(said)


def test_no_link_can_be_read_in_the_case(enquiry: Enquired, signed_in: Callable[[str], Browser], begin: Begin) -> None:
    page = signed_in("coordinator").get(f"/cases/{enquiry.case_id}").text
    assert "[Link]" in page
    assert enquiry.token not in page


def test_a_rejected_mail_is_told_on_top_of_its_case(
    enquiry: Enquired, signed_in: Callable[[str], Browser], begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert "Eine E-Mail konnte nicht zugestellt werden" not in mine.get(f"/cases/{enquiry.case_id}").text
    with begin() as tx:
        mail = tx.session.scalars(select(Mail)).one()
        told = {"status": "failed", "attempts": 1, "last_error": "550 5.1.1 User unknown"}
        tx.session.execute(update(Mail).where(Mail.id == mail.id).values(told))
    page = mine.get(f"/cases/{enquiry.case_id}").text
    assert "Eine E-Mail konnte nicht zugestellt werden" in page
    assert page.count("Diese E-Mail-Adresse gibt es nicht.") == 2  # on top, and beside the mail
    assert "Diese E-Mail-Adresse gibt es nicht." in mine.get("/mails?status=failed").text


def test_what_a_mail_server_refuses_is_recorded_and_stays_in_the_story_when_sent_again(
    enquiry: Enquired,
    signed_in: Callable[[str], Browser],
    begin: Begin,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: SetClock,
) -> None:
    with begin() as tx:
        accounts.ask_for_link(tx, "sign_in", "office@lotse.example")
    with running() as server:
        server.recipient_answer = "550 5.1.1 User unknown"
        clockwork.run_due(sessions, settings, clock, SmtpTransport(server.settings))
        mine = signed_in("coordinator")
        assert mine.get(f"/cases/{enquiry.case_id}?show=mail").text.count("E-Mail nicht zustellbar") == 1
        with begin() as tx:
            told = [entry for entry in audit.entries(tx.session, None) if entry.event == "mail.failed"]
            streams = {entry.stream: (entry.details or {})["to"] for entry in told}
            mail_id = tx.session.scalars(select(Mail.id).where(Mail.about == f"case:{enquiry.case_id}")).one()
        assert streams == {f"case:{enquiry.case_id}": "amal@verein.example", "system": "office@lotse.example"}
        server.recipient_answer = None
        assert mine.post(f"/mails/{mail_id}/retry").status_code == 302
        clockwork.run_due(sessions, settings, clock, SmtpTransport(server.settings))
        assert len(server.taken) == 1
    page = mine.get(f"/cases/{enquiry.case_id}").text
    assert "Eine E-Mail konnte nicht zugestellt werden" not in page
    assert "E-Mail nicht zustellbar" in page
    assert "Diese E-Mail-Adresse gibt es nicht." in page
