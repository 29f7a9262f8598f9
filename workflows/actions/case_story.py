"""The one timeline of a case: steps, mails, letters, notes, files, contacts, changes, decisions, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.actions import attachments, contacts
from workflows.core import audit
from workflows.core.audit import Entry
from workflows.core.clock import BERLIN
from workflows.core.files import File
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain.cases import Case, CaseNote
from workflows.domain.contacts import Contact
from workflows.domain.letters import Letter
from workflows.domain.questions import ReferralMessage
from workflows.domain.referrals import Referral
from workflows.engine.events import Event
from workflows.engine.state import Instance

KINDS = ("task", "mail", "letter", "referral", "funding", "note", "contact", "file", "change", "decision", "course")
"""What the timeline can be narrowed to."""

# What a person wants to read of a process; the log keeps every step.
TOLD: Mapping[str, str] = {
    "task.completed": "task",
    "task.cancelled": "task",
    "timer.fired": "course",
    "incident.opened": "course",
    "incident.resolved": "course",
    "decision.evaluated": "decision",
}
# Whole entries of the audit by noun; what is left is the course of the case.
NOUNS: Mapping[str, str] = {
    "task": "task",
    "referral": "referral",
    "application": "funding",
    "mail": "mail",
    "letter": "letter",
    "note": "note",
    "contact": "contact",
    "file": "file",
}
CHANGES = frozenset({"case.edited", "case.linked", "case.unlinked"})
# Told by the thing itself, with its text.
TOLD_OTHERWISE = frozenset(
    {
        *("task.completed", "note.added", "note.shared", "contact.logged", "mail.posted", "mail.sent"),
        *("referral.question_added", "referral.answer_added", "file.added", "letter.written"),
    }
)
MOST = 1000

Thing = Mail | Letter | CaseNote | Contact | ReferralMessage | File


@dataclass(frozen=True, slots=True)
class Happening:
    """One line; ``event`` is an audit event, an event of the process if it ``is_process``, or names the ``thing``.

    ``kind`` is one of ``KINDS``; ``office`` the name of the one it is about, if it is about a referral;
    ``acts_for`` whom a deputy stood in for.
    """

    at: datetime
    kind: str
    event: str
    actor: str
    step: str | None = None
    is_process: bool = False
    office: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    thing: Thing | None = None
    acts_for: str = ""


def tell(
    tx: Tx, case: Case, instances: Sequence[Instance], asked: Mapping[str, str], subjects: Sequence[str]
) -> list[Happening]:
    """The whole story; ``asked`` are the offices' names by the keys of their referrals."""
    entries = audit.entries(tx.session, case.stream, limit=MOST)
    story = [
        *_steps(tx, instances, asked, entries),
        *(_entry(entry, asked) for entry in entries if entry.event not in TOLD_OTHERWISE),
        *_mails(tx, subjects, asked),
        *_letters(tx, case),
        *_notes(tx, case),
        *_contacts(tx, case),
        *_messages(tx, asked),
        *_files(tx, case),
    ]
    return sorted(story, key=lambda happening: happening.at, reverse=True)


def _steps(
    tx: Tx, instances: Sequence[Instance], asked: Mapping[str, str], entries: Sequence[Entry]
) -> list[Happening]:
    """Told steps of the processes; one entered for somebody else is told by the audit, which knows for whom."""
    about = {instance.id: asked.get(instance.subject, "") for instance in instances}
    for_others = {(entry.at, str((entry.details or {}).get("step"))) for entry in entries if entry.event == BEHALF}
    query = select(Event).where(Event.instance_id.in_(about), Event.kind.in_(TOLD)).order_by(Event.id.desc())
    return [
        Happening(
            at=event.at,
            kind=TOLD[event.kind],
            event=event.kind,
            actor=event.actor,
            step=event.element_name,
            is_process=True,
            office=about[event.instance_id],
            details=event.details or {},
            acts_for=(event.details or {}).get("acts_for", ""),
        )
        for event in tx.session.scalars(query.limit(MOST))
        if event.kind != "task.completed" or (event.at, str(event.element_name)) not in for_others
    ]


BEHALF = "task.completed_on_behalf"


def _entry(entry: Entry, asked: Mapping[str, str]) -> Happening:
    kind = "change" if entry.event in CHANGES else NOUNS.get(entry.event.partition(".")[0], "course")
    return Happening(
        at=entry.at,
        kind=kind,
        event=entry.event,
        actor=entry.label or entry.actor,
        office=asked.get(entry.object, ""),
        details=entry.details or {},
        acts_for=entry.acts_for,
    )


def _mails(tx: Tx, subjects: Sequence[str], asked: Mapping[str, str]) -> list[Happening]:
    query = policy.allowed(tx, policy.MAIL_READ, select(Mail)).where(Mail.about.in_(subjects))
    return [
        Happening(
            mail.sent_at or mail.created_at, "mail", "mail", "system", office=asked.get(mail.about, ""), thing=mail
        )
        for mail in tx.session.scalars(query)
    ]


def _letters(tx: Tx, case: Case) -> list[Happening]:
    query = policy.allowed(tx, policy.CASE_READ, select(Letter)).where(Letter.case_id == case.id)
    return [Happening(row.created_at, "letter", "letter", "system", thing=row) for row in tx.session.scalars(query)]


def _notes(tx: Tx, case: Case) -> list[Happening]:
    query = policy.allowed(tx, policy.CASE_READ, select(CaseNote)).where(CaseNote.case_id == case.id)
    return [Happening(note.created_at, "note", "note", note.author, thing=note) for note in tx.session.scalars(query)]


def _contacts(tx: Tx, case: Case) -> list[Happening]:
    return [
        Happening(_moment(contact), "contact", "contact", contact.author, thing=contact)
        for contact in contacts.of_case(tx, case.id)
    ]


def _moment(contact: Contact) -> datetime:
    """A contact stands at its day, at the hour it was noted if that was the same day."""
    noted = contact.created_at.astimezone(BERLIN)
    return noted if noted.date() == contact.held_on else datetime.combine(contact.held_on, time(12), BERLIN)


def _messages(tx: Tx, asked: Mapping[str, str]) -> list[Happening]:
    """What an office asked back and what it was told."""
    ids = [int(key.partition(":")[2]) for key in asked]
    query = policy.allowed(tx, policy.REFERRAL_READ, select(Referral, ReferralMessage))
    rows = tx.session.execute(
        query.join(ReferralMessage, ReferralMessage.referral_id == Referral.id).where(Referral.id.in_(ids))
    )
    return [
        Happening(
            message.created_at,
            "referral",
            f"referral.{message.kind}_added",
            message.author,
            office=asked[referral.key],
            thing=message,
        )
        for referral, message in rows
    ]


def _files(tx: Tx, case: Case) -> list[Happening]:
    return [
        Happening(file.created_at, "file", "file", file.uploaded_by, thing=file)
        for file in attachments.of_case(tx, case.id)
    ]
