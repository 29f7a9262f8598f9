"""A mail leaves at least once, always as the same mail, and what goes wrong stays visible."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from workflows.core import links, outbox
from workflows.core.clock import SetClock
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport


def test_a_mail_posted_twice_under_one_key_is_one_mail(
    begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    for _ in range(2):
        with begin() as tx:
            link = links.issue(tx, "case_status", "case:1", "mo")
            outbox.post(
                tx, to="a@b.example", subject="Hallo", text="Hier: [[link]]", about="case:1", link=link, key="x"
            )
    assert outbox.send_due(sessions, settings, clock, DemoTransport()) == 1
    with begin() as tx:
        assert [mail.status for mail in tx.session.scalars(select(Mail))] == ["sent"]
