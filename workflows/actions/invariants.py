"""``check-data``: what must always be true of the stored data, proven by reading alone.

The engine's part is in ``engine.consistency``; here is what joins cases, referrals, mails and the audit with it.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from workflows.core import audit
from workflows.core.audit.log import AuditEntry
from workflows.core.db import read_only
from workflows.core.links import Link
from workflows.core.mail_format import MARKER
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine import consistency
from workflows.engine.consistency import Broken
from workflows.engine.incidents import Incident
from workflows.engine.messages import MOST_ATTEMPTS, Message
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

__all__ = ["Broken", "check"]

MOST = 1_000
"""How many findings are named; more do not help anybody."""

CASE, REFERRAL = "enquiry", "referral"
_WORD = {CASE: "case", REFERRAL: "referral"}
ENDED = or_(Instance.status == "completed", Instance.status == "terminated")


def check(tx: Tx) -> list[Broken]:
    """Every broken invariant with its code and facts, at most ``MOST``; empty when all is well.

    Reads one consistent moment, writes nothing and takes no locks, so that it may run beside the house at work.
    Use a transaction of its own: it must not have read or written before.
    """
    with read_only(tx.session):
        return list(islice(broken(tx), MOST))


def broken(tx: Tx) -> Iterator[Broken]:
    """The same as the caller's own transaction sees it, one after the other."""
    yield from consistency.check(tx.session)
    for code, (table, query) in _RULES.items():
        for number in tx.session.scalars(query):
            yield Broken(code, f"{table}:{number}")
    yield from _twice(tx.session)
    for found in audit.verify(tx.session, tx.settings.audit_key):
        yield Broken(f"audit_{found.kind}", found.stream, {"entry": found.seq})


def _twice(session: Session) -> Iterator[Broken]:
    """Effects that may exist once only: what a mail's key or a subject names."""
    once: dict[str, Select[tuple[Any]]] = {
        "mail_twice": select(Mail.key).where(Mail.key.is_not(None)),
        "case_twice": select(Case.dedupe_key).where(Case.dedupe_key.is_not(None)),
    }
    for code, keys in once.items():
        key, times = keys.subquery().c[0], func.count()
        for name, number in session.execute(select(key, times).group_by(key).having(times > 1)):
            yield Broken(code, name, {"times": number})
    # An office asked again after its answer was taken back is started once more, by a message of its own; a case that
    # had closed and is taken up again, where it is opened again.
    wanted = select(Message.subject, func.count().label("number")).where(Message.kind == "start")
    starts = wanted.group_by(Message.subject).subquery()
    reopened = select(AuditEntry.stream, func.count().label("number")).where(AuditEntry.event == "case.reopened")
    again = reopened.group_by(AuditEntry.stream).subquery()
    started = func.count()
    asked = func.coalesce(func.max(starts.c.number), 1) + func.coalesce(func.max(again.c.number), 0)
    instances = select(Instance.subject, started).where(Instance.process_key.in_(_WORD), Instance.subject != "")
    instances = instances.outerjoin(starts, starts.c.subject == Instance.subject)
    instances = instances.outerjoin(again, again.c.stream == Instance.subject)
    for name, number in session.execute(instances.group_by(Instance.subject).having(started > asked)):
        yield Broken("started_twice", name, {"times": number})


def _about(kind: str, model: type[Case] | type[Referral]) -> ColumnElement[bool]:
    """Whether an instance is that of the row."""
    return (Instance.process_key == kind) & (Instance.subject == literal(f"{_WORD[kind]}:").concat(model.id))


def _instance(kind: str, model: type[Case] | type[Referral], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_about(kind, model), *conditions)


def _rules() -> dict[str, tuple[str, Select[Any]]]:
    """Code → the table and the query for the rows that break the rule."""
    case_ended, case_over = _instance(CASE, Case, ENDED), Case.status.in_(("closed", "withdrawn"))
    referral_ended, referral_over = _instance(REFERRAL, Referral, ENDED), Referral.status == "closed"
    stuck = exists().where(Incident.instance_id == Instance.id, Incident.resolved_at.is_(None))
    begins = exists().where(
        Message.kind == "start",
        Message.subject == literal("referral:").concat(Referral.id),
        Message.delivered_at.is_(None),
        Message.attempts < MOST_ATTEMPTS,
    )
    open_link = exists().where(
        Link.purpose == "referral_answer",
        Link.target == literal("referral:").concat(Referral.id),
        Link.revoked_at.is_(None),
        Link.expires_at.is_(None),  # after the last answer it only says thank you, for a while
    )
    is_sent, has_moment = Mail.status == "sent", Mail.sent_at.is_not(None)
    marked = Mail.text.contains(MARKER, autoescape=True)
    done = Task.status == "done"
    return {
        "case_without_instance": ("case", select(Case.id).where(~_instance(CASE, Case))),
        # One that was taken up again has an ended instance and one that runs.
        "case_open_after_end": (
            "case",
            select(Case.id).where(case_ended, ~case_over, ~_instance(CASE, Case, ~ENDED)),
        ),
        # A step that could not be done keeps the instance for a while: its incident says so.
        "case_closed_before_end": ("case", select(Case.id).where(case_over, _instance(CASE, Case, ~ENDED, ~stuck))),
        "case_closed_unfinished": (
            "case",
            select(Case.id).where(case_over != Case.closed_at.is_not(None)),
        ),
        "case_without_outcome": ("case", select(Case.id).where(Case.status == "closed", Case.outcome.is_(None))),
        "referral_without_instance": ("referral", select(Referral.id).where(~_instance(REFERRAL, Referral), ~begins)),
        # One that was taken up again has an ended instance and one that runs, or is about to.
        "referral_open_after_end": (
            "referral",
            select(Referral.id).where(referral_ended, ~referral_over, ~_instance(REFERRAL, Referral, ~ENDED), ~begins),
        ),
        "referral_closed_before_end": (
            "referral",
            select(Referral.id).where(referral_over, _instance(REFERRAL, Referral, ~ENDED, ~stuck)),
        ),
        "referral_without_result": (
            "referral",
            select(Referral.id).where(referral_over, or_(Referral.result.is_(None), Referral.closed_at.is_(None))),
        ),
        "referral_link_left_open": ("referral", select(Referral.id).where(referral_over, open_link)),
        "mail_moment_wrong": ("mail", select(Mail.id).where(is_sent != has_moment)),
        "mail_without_lease": ("mail", select(Mail.id).where(Mail.status == "sending", Mail.lease_until.is_(None))),
        "mail_link_wrong": ("mail", select(Mail.id).where(marked != Mail.link_id.is_not(None))),
        "task_done_by_nobody": (
            "task",
            select(Task.id).where(done, or_(Task.done_at.is_(None), Task.done_by.is_(None))),
        ),
        "task_open_but_done": ("task", select(Task.id).where(Task.status == "open", Task.done_at.is_not(None))),
    }


_RULES = _rules()
