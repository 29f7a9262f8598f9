"""The worker dies by SIGKILL at every named point; the next one finishes the story as if nothing had happened.

Nothing is lost, nothing is done twice but a mail with the same Message-ID, nothing is stuck; and at the moment of
death everything stored fits together.
"""

import signal
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.core.mail_server import MailServer
from tests.faults.processes import PATIENCE, lotse, wait_until
from tests.faults.story import Story
from workflows.core import audit
from workflows.core.outbox import Mail

# By act what the worker passes. In each round a message comes first, then a timer, each in a transaction of its own.
POINTS = {
    "asked": (
        "message.claim.before",
        "message.claim.after",
        "before_operator",
        "after_operator:2",
        "before_flush",
        "message.done",
        "flush.before",
        "commit.before",
        "audit.after",
        "commit.after",
        "mail.claim.before",
        "mail.claimed",
        "mail.claim.after",
        "mail.accepted",
        "mail.marked",
        "mail.noted",
        "mail.accepted:3",
    ),
    "reminded": (
        "timer.claim.before",
        "timer.claim.after",
        "before_operator",
        "after_operator",
        "before_flush",
        "timer.done",
        "commit.before:2",
        "commit.after:2",
    ),
    "confirmed": (
        "message.claim.after",
        "before_operator",
        "after_operator:3",
        "before_flush",
        "message.done:3",
        "audit.after",
        "commit.before",
        "commit.after",
    ),
}

# Where the mail server has taken a mail and the database does not say so yet.
TAKEN_UNNOTED = {"mail.accepted", "mail.accepted:3", "mail.marked"}


@pytest.mark.parametrize(("act", "point"), [(act, point) for act, points in POINTS.items() for point in points])
def test_a_killed_worker_leaves_nothing_lost_doubled_or_stuck(
    act: str, point: str, tell: Callable[[str], Story], mail_server: MailServer
) -> None:
    story = tell(act)
    with story.at() as tx:
        to_send = set(tx.session.scalars(select(Mail.message_id).where(Mail.status == "waiting")))
        before = set(tx.session.scalars(select(Mail.message_id)))
    with lotse("worker", environ=story.environ, log=story.log, kill_at=point) as victim:
        victim.join(PATIENCE)
        assert victim.exitcode == -signal.SIGKILL, f"never came to {point}: {story.log.read_text()}"
    assert story.findings() == []
    story.let_leases_end()
    with lotse("worker", environ=story.environ, log=story.log):
        wait_until(story.is_quiet, story.log)
    assert story.seen() == story.undisturbed
    assert story.findings() == []
    with story.at() as tx:
        assert audit.verify(tx.session, story.settings.audit_key) == []
        sent = to_send | (set(tx.session.scalars(select(Mail.message_id))) - before)
    _assert_mails(mail_server, sent, most_doubled=1 if point in TAKEN_UNNOTED else 0)


def _assert_mails(server: MailServer, sent: set[str], *, most_doubled: int) -> None:
    """Each mail arrived, and whatever arrived twice is the very same mail, down to its link."""
    copies = Counter(str(mail["Message-ID"]) for mail in server.taken)
    assert set(copies) == sent
    assert sum(copies.values()) - len(copies) == most_doubled
    assert len({mail.as_bytes() for mail in server.taken}) == len(copies)
