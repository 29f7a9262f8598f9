"""Mails reach a real server, and each of its answers is understood."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from time import monotonic

import pytest
import trustme

from tests.core.mail_server import DRIPPING, MailServer, only, running, saying, server_side
from workflows.core.outbox import LEASE, Deferred, Refused, Unreachable
from workflows.core.smtp import LONGEST, TIMEOUT, SmtpTransport


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as running_server:
        yield running_server


def mail(to: str = "office@amt.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "lotse@stadt.example", to, "Verweisung"
    message["Message-ID"] = "<1@stadt.example>"
    message.set_content("Guten Tag")
    return message


def test_a_mail_arrives_as_it_was_sent(server: MailServer) -> None:
    SmtpTransport(server.settings).send(mail())
    (taken,) = server.taken
    assert (taken["To"], taken["Subject"], taken["Message-ID"]) == (
        "office@amt.example",
        "Verweisung",
        "<1@stadt.example>",
    )


@pytest.mark.parametrize("answer", ["451 Try later", "421 Closing", "452 Mailbox full"])
def test_4xx_means_try_again(server: MailServer, answer: str) -> None:
    server.answer = answer
    with pytest.raises(Deferred, match=answer):
        SmtpTransport(server.settings).send(mail())


@pytest.mark.parametrize("answer", ["550 No such mailbox", "554 Rejected"])
def test_5xx_means_never(server: MailServer, answer: str) -> None:
    server.answer = answer
    with pytest.raises(Refused, match=answer):
        SmtpTransport(server.settings).send(mail())


def test_an_unknown_recipient_is_refused_and_a_greylisted_one_deferred(server: MailServer) -> None:
    server.recipient_answer = "550 Unknown"
    with pytest.raises(Refused, match="550"):
        SmtpTransport(server.settings).send(mail())
    server.recipient_answer = "450 Greylisted"
    with pytest.raises(Deferred, match="450"):
        SmtpTransport(server.settings).send(mail())


@pytest.mark.parametrize("fault", ["hang", "drop"])
def test_a_server_that_hangs_or_drops_the_line_is_tried_again(server: MailServer, fault: str) -> None:
    server.answer = fault
    with pytest.raises(Deferred):
        SmtpTransport(server.settings, timeout=0.3).send(mail())


def test_no_server_at_all_is_unreachable() -> None:
    with running() as gone:
        pass
    with pytest.raises(Unreachable):
        SmtpTransport(gone.settings).send(mail())


def test_starttls_and_a_password_are_used_and_certificates_checked() -> None:
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    options = {
        "tls_context": server_side(authority.issue_cert("127.0.0.1")),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": only("lotse", "right"),
    }
    with running(**options) as server:
        settings = replace(server.settings, security="starttls", user="lotse", password="right")
        SmtpTransport(settings, trust=trust).send(mail())
        assert len(server.taken) == 1
        with pytest.raises(Unreachable, match="535"):
            SmtpTransport(replace(settings, password="wrong"), trust=trust).send(mail())
        with pytest.raises(Unreachable, match="certificate verify failed"):
            SmtpTransport(settings).send(mail())


def test_a_server_without_starttls_gets_no_mail_in_the_clear(server: MailServer) -> None:
    with pytest.raises(Unreachable):
        SmtpTransport(replace(server.settings, security="starttls")).send(mail())
    assert server.taken == []


@pytest.mark.parametrize(
    "answers",
    [
        {"CONNECT": "554 No service here"},
        {"EHLO": "550 Who are you", "HELO": "550 Who are you"},
        {"MAIL": "530 Authentication required"},
    ],
    ids=lambda answers: next(iter(answers)),
)
def test_a_server_that_will_not_speak_to_us_is_no_fault_of_the_mail(answers: dict[str, str]) -> None:
    """Each mail that was due would be given up for good at its first try."""
    with saying(answers) as settings, pytest.raises(Unreachable, match="5[35]"):
        SmtpTransport(settings).send(mail())


@pytest.mark.parametrize("changes", [{"host": "mail..example"}, {"user": "lotse", "password": "größe"}])
def test_settings_that_cannot_be_sent_are_no_fault_of_the_mail(changes: dict[str, str]) -> None:
    with saying({"EHLO": "250-here\r\n250 AUTH PLAIN"}) as settings, pytest.raises(Unreachable):
        SmtpTransport(replace(settings, **changes)).send(mail())


@pytest.mark.parametrize(("command", "error"), [("CONNECT", Unreachable), ("EHLO", Unreachable), (".", Deferred)])
def test_a_server_that_goes_on_talking_is_cut_off(command: str, error: type[Exception]) -> None:
    """Something arrives in time again and again, and the worker would never do anything else."""
    with saying({"DATA": "354 Go on", command: DRIPPING}) as settings:
        begun = monotonic()
        with pytest.raises(error):
            SmtpTransport(settings, longest=0.5).send(mail())
    assert monotonic() - begun < 5
    assert timedelta(seconds=LONGEST + TIMEOUT) < LEASE
