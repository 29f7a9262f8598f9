"""Rows that contradict themselves are found; what the house itself writes never does."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from workflows.core import files, links, outbox, soundness
from workflows.core.clock import SetClock
from workflows.core.files import FileChunk
from workflows.core.outbox import Mail, Refused
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.core.soundness import Fault


class Refusing(DemoTransport):
    """Takes no mail at all."""

    def send(self, message: Any) -> None:
        raise Refused("550 no")


@pytest.fixture
def rows(begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> None:
    """Mails in every status and a file."""
    with begin() as tx:
        link = links.issue(tx, "case_status", "case:1", "mo")
        outbox.post(tx, to="a@b.example", subject="Eins", text="[[link]]", link=link, about="case:1")
        files.store(tx, "a.txt", b"a" * 1000, "case:1")
    outbox.send_due(sessions, settings, clock, DemoTransport())
    with begin() as tx:
        outbox.post(tx, to="a@b.example", subject="Zwei", text="Text", about="case:1")
    outbox.send_due(sessions, settings, clock, Refusing())
    with begin() as tx:
        outbox.post(tx, to="a@b.example", subject="Drei", text="Text", about="case:1")
    clock.advance(timedelta(minutes=1))


def test_what_the_house_writes_is_sound(rows: None, begin: Begin) -> None:
    with begin() as tx:
        assert list(soundness.faults(tx.session)) == []


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (update(Mail).where(Mail.id == 1).values(sent_at=None), Fault("mail_sent_at", "mail", 1)),
        (update(Mail).where(Mail.id == 3).values(status="sending", attempts=1), Fault("mail_lease", "mail", 3)),
        (update(Mail).where(Mail.id == 1).values(attempts=0), Fault("mail_attempts", "mail", 1)),
        (update(Mail).where(Mail.id == 1).values(link_id=None), Fault("mail_link", "mail", 1)),
        (update(Mail).where(Mail.id == 2).values(last_error=None), Fault("mail_error", "mail", 2)),
        (delete(FileChunk), Fault("file_size", "file", 1)),
    ],
)
def test_a_contradiction_is_named(rows: None, begin: Begin, harm: Any, fault: Fault) -> None:
    with begin() as tx:
        tx.session.execute(harm)
        assert list(soundness.faults(tx.session)) == [fault]
