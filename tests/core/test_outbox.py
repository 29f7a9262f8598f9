"""A mail leaves at least once, always as the same mail, and what goes wrong stays visible."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin, Database
from tests.core.mail_server import MailServer, running
from workflows.core import killpoints, links, mail_format, outbox
from workflows.core.clock import SetClock
from workflows.core.errors import LotseError
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport, SmtpTransport, transport
from workflows.core.tx import Tx


class Postman:
    """Sends what is due through a real server."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings, clock: SetClock, server: MailServer):
        self._sessions, self._settings, self._clock = sessions, settings, clock
        self.server = server

    def send_due(self) -> int:
        # Only a server that hangs is worth no patience; a busy machine is.
        patience = 0.3 if self.server.answer == "hang" else 20.0
        carrier = SmtpTransport(self.server.settings, timeout=patience)
        return outbox.send_due(self._sessions, self._settings, self._clock, carrier)


@pytest.fixture
def postman(sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> Iterator[Postman]:
    with running() as server:
        yield Postman(sessions, settings, clock, server)


def post(begin: Begin, **changes: Any) -> Mail:
    letter = {"to": "office@amt.example", "subject": "Verweisung", "text": "Guten Tag", "about": "case:1", **changes}
    with begin() as tx:
        return outbox.post(tx, **letter)


def stored(begin: Begin) -> list[Mail]:
    with begin() as tx:
        return list(tx.session.scalars(select(Mail).order_by(Mail.id)))


def test_a_posted_mail_is_sent_once(begin: Begin, postman: Postman, clock: SetClock) -> None:
    post(begin)
    assert postman.send_due() == 1
    assert postman.send_due() == 0
    assert len(postman.server.taken) == 1
    (mail,) = stored(begin)
    assert (mail.status, mail.sent_at, mail.attempts) == ("sent", clock.now(), 1)


def test_nothing_is_sent_when_the_action_fails(begin: Begin, postman: Postman) -> None:
    with begin() as tx:
        outbox.post(tx, to="office@amt.example", subject="Verweisung", text="Guten Tag", about="case:1")
        tx.session.rollback()
    assert postman.send_due() == 0


def test_text_and_html_say_the_same_and_carry_the_link(begin: Begin, postman: Postman, settings: Settings) -> None:
    with begin() as tx:
        link = links.issue(tx, "referral_answer", "referral:5", "office:17")
        text = "Guten Tag <Amt>,\n\nbitte antworten:\n[[link]]\n\nDanke"
        outbox.post(tx, to="a@amt.example", subject="Grüße", text=text, about="referral:5", link=link)
    postman.send_due()
    (taken,) = postman.server.taken
    address = links.url(link, settings)
    assert taken["Subject"] == "Grüße"
    assert taken["Auto-Submitted"] == "auto-generated"
    plain, html = _part(taken, "plain"), _part(taken, "html")
    assert plain.splitlines() == ["Guten Tag <Amt>,", "", "bitte antworten:", address, "", "Danke"]
    assert re.search(rf'<a href="{address}"[^>]*>{address}</a>', html)
    assert "Guten Tag &lt;Amt&gt;," in html
    assert 'lang="de" dir="ltr"' in html
    (mail,) = stored(begin)
    assert address not in mail.text
    assert mail_format.shown(mail.text) == "Guten Tag <Amt>,\n\nbitte antworten:\n[Link]\n\nDanke"


def test_html_is_the_same_words_readable_and_loads_nothing(begin: Begin, postman: Postman, settings: Settings) -> None:
    text = "Guten Tag,\n\nViele Grüße\nIhre Stelle\n\nhttps://lotse.example/inbox http://fremd.example/x.png"
    post(begin, text=text, language="en")
    postman.send_due()
    (taken,) = postman.server.taken
    assert [part.get_content_type() for part in taken.iter_parts()] == ["text/plain", "text/html"]
    html = _part(taken, "html")
    assert "<p>Viele Grüße<br>Ihre Stelle</p>" in html  # a line stays a line
    assert re.findall(r'href="([^"]*)"', html) == ["https://lotse.example/inbox"]  # links lead to us alone
    assert not re.search(r"<(img|link|script|iframe|object|style)|\bsrc=|url\(", html, re.IGNORECASE)
    assert 'lang="en" dir="ltr"' in html
    assert "<title>Verweisung</title>" in html
    words = unescape(re.sub(r"<[^>]*>", " ", html.partition("<body")[2].partition(">")[2]))
    assert words.split() == text.split()


def test_answers_go_to_the_mailbox_of_the_house(
    begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    post(begin)
    with running() as server:
        named = replace(settings, reply_to="stelle@stadt.example")
        outbox.send_due(sessions, named, clock, SmtpTransport(server.settings))
    assert server.taken[0]["Reply-To"] == "stelle@stadt.example"


def test_a_sender_with_a_name_leaves_the_message_id_an_address(begin: Begin, settings: Settings) -> None:
    with begin() as tx:
        named = Tx(tx.session, tx.actor, tx.now, replace(settings, mail_from="Stadt Köln <lotse@stadt.example>"))
        mail = outbox.post(named, to="office@amt.example", subject="Verweisung", text="Guten Tag", about="case:1")
    assert re.fullmatch(r"<[0-9a-f]{32}@stadt\.example>", mail.message_id)


@hypothesis.given(
    subject=st.text(max_size=60), to=st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=20))
)
@hypothesis.settings(max_examples=300, deadline=None)
def test_no_subject_and_no_address_ever_becomes_a_header(subject: str, to: str) -> None:
    """Whatever passes the outbox is written as the one header it was meant for."""
    if outbox._CONTROL.search(subject) or not subject.strip() or not outbox._ADDRESS.fullmatch(to):
        return
    letter = SimpleNamespace(
        message_id="<1@lotse.example>",
        to_address=to,
        subject=subject,
        text="x",
        language="de",
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        link=None,
    )
    try:
        message = mail_format.message(letter, SETTINGS)
        # As smtplib writes it: addresses beyond ASCII go to servers that know SMTPUTF8 (RFC 6531) only.
        sent = message.as_bytes(policy=message.policy.clone(utf8=not to.isascii()))
    except (ValueError, LookupError):
        return  # noted as failed, see _hand_over
    head = sent.split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(HEADERS)


SETTINGS = Settings(
    database_url="sqlite://",
    secret_key=b"s" * 32,
    audit_key=b"a" * 32,
    public_url="https://lotse.example",
    instance=Path(),
    mail_from="lotse@stadt.example",
)
HEADERS = (
    *("From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted"),
    *("MIME-Version", "Content-Type"),
)


def test_arabic_runs_from_right_to_left(begin: Begin, postman: Postman) -> None:
    post(begin, subject="تم استلام طلبكم", text="شكرا", language="ar")
    postman.send_due()
    (taken,) = postman.server.taken
    assert taken["Subject"] == "تم استلام طلبكم"
    assert 'lang="ar" dir="rtl"' in _part(taken, "html")


def test_a_mail_posted_twice_under_one_key_is_one_mail(begin: Begin) -> None:
    first, second = post(begin, key="17/5/mail"), post(begin, key="17/5/mail", text="Anders")
    assert first.id == second.id
    assert [mail.text for mail in stored(begin)] == ["Guten Tag"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "a@b.example\r\nBcc: c@d.example"}, "mail_address"),
        ({"to": "a@b.example, c@d.example"}, "mail_address"),
        ({"to": "Amt <a@b.example>"}, "mail_address"),
        ({"to": "nobody"}, "mail_address"),
        ({"subject": "Hallo\r\nBcc: c@d.example"}, "mail_subject"),
        ({"subject": "Hallo\nBcc: c@d.example"}, "mail_subject"),
        ({"subject": "Hallo\u2028Bcc: c@d.example"}, "mail_subject"),
        ({"subject": " "}, "mail_subject"),
        ({"text": "Hier: [[link]]"}, "mail_link"),
    ],
)
def test_headers_and_recipients_cannot_be_smuggled_in(begin: Begin, changes: dict[str, str], code: str) -> None:
    with pytest.raises(LotseError) as refused:
        post(begin, **changes)
    assert refused.value.code == code
    assert stored(begin) == []


def test_4xx_is_tried_again_later_with_the_same_message_id(begin: Begin, postman: Postman, clock: SetClock) -> None:
    posted = post(begin)
    postman.server.answer = "451 Try later"
    assert postman.send_due() == 1
    assert postman.send_due() == 0
    (mail,) = stored(begin)
    assert (mail.status, mail.last_error, mail.next_at) == ("waiting", "451 Try later", clock.now() + outbox.WAITS[0])
    postman.server.answer = None
    clock.advance(outbox.WAITS[0])
    postman.send_due()
    assert [taken["Message-ID"] for taken in postman.server.taken] == [posted.message_id]
    (mail,) = stored(begin)
    assert (mail.status, mail.last_error) == ("sent", None)


def test_5xx_fails_at_once_and_says_why(begin: Begin, postman: Postman) -> None:
    post(begin)
    postman.server.answer = "550 No such mailbox"
    postman.send_due()
    (mail,) = stored(begin)
    assert (mail.status, mail.last_error, mail.attempts) == ("failed", "550 No such mailbox", 1)


@pytest.mark.parametrize("fault", ["hang", "drop"])
def test_one_bad_mail_does_not_stop_the_next(begin: Begin, postman: Postman, clock: SetClock, fault: str) -> None:
    post(begin)
    postman.server.answer = fault
    postman.send_due()
    postman.server.answer = None
    post(begin, subject="Die nächste")
    postman.send_due()
    assert [taken["Subject"] for taken in postman.server.taken] == ["Die nächste"]
    assert [mail.status for mail in stored(begin)] == ["waiting", "sent"]


def test_a_server_that_is_down_costs_each_round_one_try(
    begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    for _ in range(3):
        post(begin)
    with running() as gone:
        pass
    assert outbox.send_due(sessions, settings, clock, SmtpTransport(gone.settings)) == 1
    assert sum(mail.attempts for mail in stored(begin)) == 1


def test_after_two_days_of_tries_a_mail_has_failed(begin: Begin, postman: Postman, clock: SetClock) -> None:
    post(begin)
    postman.server.answer = "451 Try later"
    begun, tried_at = clock.now(), []
    while postman.send_due():
        tried_at.append(clock.now())
        (mail,) = stored(begin)
        clock.set(max(mail.next_at, clock.now()))
    assert (mail.status, mail.attempts) == ("failed", len(outbox.WAITS) + 1)
    rests = [later - earlier for earlier, later in pairwise(tried_at)]
    assert rests == sorted(set(rests)) == list(outbox.WAITS)
    assert timedelta(days=2) < tried_at[-1] - begun < timedelta(days=3)


def test_a_mail_that_a_second_worker_has_sent_meanwhile_stays_sent(
    begin: Begin, postman: Postman, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    """The first one was held up for longer than its lease, and then lost its line."""

    class HeldUp:
        def send(self, _message: EmailMessage) -> None:
            clock.advance(outbox.LEASE)
            assert postman.send_due() == 1
            raise outbox.Deferred("line lost")

    post(begin)
    outbox.send_due(sessions, settings, clock, HeldUp())
    (mail,) = stored(begin)
    assert (mail.status, mail.last_error) == ("sent", None)
    assert len(postman.server.taken) == 1


def test_a_mail_claimed_before_the_clock_was_put_back_is_not_held_until_then(
    begin: Begin, postman: Postman, clock: SetClock
) -> None:
    mail = post(begin)
    with begin() as tx:
        claimed = {"status": "sending", "attempts": 1, "lease_until": tx.now + timedelta(days=1) + outbox.LEASE}
        tx.session.execute(update(Mail).where(Mail.id == mail.id).values(claimed))
    assert postman.send_due() == 1
    with begin() as tx:
        # The lease of a worker whose clock is a little ahead is a lease.
        ahead = {**claimed, "lease_until": tx.now + outbox.LEASE + timedelta(minutes=4), "sent_at": None}
        tx.session.execute(update(Mail).where(Mail.id == mail.id).values(ahead))
    assert postman.send_due() == 0


def test_many_workers_send_each_mail_once(begin: Begin, postman: Postman) -> None:
    for number in range(20):
        post(begin, subject=f"Nummer {number}")
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: postman.send_due(), range(4)))
    assert sorted(taken["Subject"] for taken in postman.server.taken) == sorted(f"Nummer {n}" for n in range(20))


def test_without_a_mail_server_mails_wait_and_the_demo_takes_them(
    begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    assert transport(settings) is None
    post(begin)
    assert outbox.send_due(sessions, settings, clock, DemoTransport()) == 1
    assert [mail.status for mail in stored(begin)] == ["sent"]


@pytest.mark.parametrize(
    ("point", "times_sent"),
    [
        ("mail.claim.before", 1),
        ("commit.before", 1),
        ("commit.after", 1),
        ("mail.claim.after", 1),
        ("mail.accepted", 2),
        ("commit.before:2", 2),
        ("commit.after:2", 1),
        ("mail.noted", 1),
    ],
)
def test_a_worker_killed_anywhere_loses_nothing_and_doubles_only_the_same_message(
    begin: Begin, database: Database, postman: Postman, clock: SetClock, point: str, times_sent: int
) -> None:
    posted = post(begin)
    assert _send_and_die(database.url, postman.server.settings.port, clock.now(), point) == -signal.SIGKILL
    clock.advance(outbox.LEASE + timedelta(seconds=1))
    postman.send_due()
    assert [taken["Message-ID"] for taken in postman.server.taken] == [posted.message_id] * times_sent
    assert [mail.status for mail in stored(begin)] == ["sent"]


def _send_and_die(url: str, port: int, moment: datetime, kill_at: str) -> int:
    arguments = [sys.executable, "-m", "tests.core.send_once", url, str(port), moment.isoformat()]
    return subprocess.run(arguments, env=os.environ | {killpoints.VARIABLE: kill_at}, check=False).returncode


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    content: str = part.get_content()
    return content
