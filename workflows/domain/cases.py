"""A case (Vorgang): what an association asked, where it stands, how it ended; changes check and leave a trace."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit, search, sequences
from workflows.core.clock import BERLIN
from workflows.core.db import Base, TypedJson, upsert
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.domain import codes, organisations

STATUSES = ("new", "in_progress", "waiting", "answered", "closed", "withdrawn")
OPEN = frozenset({"new", "in_progress", "waiting", "answered"})

# The closing survey: three questions of one tap each.
SURVEY = ("fast", "clear", "again")
SURVEY_ANSWERS = ("yes", "partly", "no")

# Keys of code lists that mean something here: how it came, how pressing it is, how it ended, what was said to that.
PUBLIC_FORM = "form"
URGENT = "high"
DECLINED = "declined"
CONFIRMATIONS = ("helped", "partly", "not_helped")

# From where each status may be reached.
BEFORE: dict[str, frozenset[str]] = {
    "in_progress": frozenset({"new", "waiting", "answered", "closed"}),
    "waiting": frozenset({"new", "in_progress"}),
    "answered": frozenset({"new", "in_progress", "waiting"}),
    "closed": frozenset({"new", "in_progress", "waiting", "answered"}),
    "withdrawn": OPEN,
}


class Case(Base):
    """One case; topics, ways and codes are keys of the code lists, ``dedupe_key`` makes a repeated form one case.

    ``details`` holds further fields of the form, and under ``survey`` what was answered after closing; ``translation``
    is the text in German where it came in another language, the original stays beside it.
    """

    __tablename__ = "case_file"
    __table_args__ = (CheckConstraint(f"status IN {STATUSES}", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    status: Mapped[str] = mapped_column(String(12), default="new", index=True)
    channel: Mapped[str] = mapped_column(String(20))
    choice: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60))
    topics: Mapped[list[str]] = mapped_column(TypedJson)
    text: Mapped[str] = mapped_column(Text)
    translation: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(12))
    organisation_name: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254), index=True)
    contact_phone: Mapped[str] = mapped_column(String(60))
    on_behalf: Mapped[bool]
    consent_share: Mapped[bool]
    details: Mapped[dict[str, object]] = mapped_column(TypedJson)
    urgency: Mapped[str | None] = mapped_column(String(20))
    support_level: Mapped[str | None] = mapped_column(String(20))
    ways: Mapped[list[str]] = mapped_column(TypedJson)
    answer: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str | None] = mapped_column(String(20))
    confirmed: Mapped[str | None] = mapped_column(String(20))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    dedupe_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    instance_id: Mapped[int | None]
    office_task: Mapped[str | None] = mapped_column(String(60))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)

    @property
    def stream(self) -> str:
        """The subject of its process and the name of its audit stream."""
        return f"case:{self.id}"

    @property
    def survey(self) -> dict[str, str]:
        """Answers to the closing survey by question."""
        answers = self.details.get("survey")
        return {str(key): str(value) for key, value in answers.items()} if isinstance(answers, dict) else {}

    @property
    def open_survey(self) -> list[str]:
        """The questions still to be asked: once it is closed, unless working together was declined."""
        if self.status != "closed" or self.outcome == DECLINED:
            return []
        return [question for question in SURVEY if question not in self.survey]


class CaseNote(Base):
    """A note of the coordination, internal unless shared with whoever asked; never in reach of an office."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(300), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What someone asks, already checked."""

    choice: str
    kind: str
    topics: list[str]
    text: str
    organisation_name: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    on_behalf: bool = False
    consent_share: bool = False


FIELDS = frozenset(field.name for field in fields(Enquiry))


def open_new(
    tx: Tx, enquiry: Enquiry, *, channel: str, language: str, details: dict[str, object], dedupe_key: str | None
) -> Case:
    """A new case with its reference ``2026-0001``, numbered through the year of its arrival in Berlin."""
    year = tx.now.astimezone(BERLIN).year
    number = sequences.next_number(tx, f"case {year}")
    known = organisations.find_by_name(tx.session, enquiry.organisation_name)
    case = Case(
        reference=f"{year}-{number:04}",
        status="new",
        channel=channel,
        language=language,
        details=details,
        ways=[],
        answer="",
        translation="",
        opened_at=tx.now,
        dedupe_key=dedupe_key,
        organisation_id=known.id if known else None,
        **{name: getattr(enquiry, name) for name in FIELDS},
    )
    tx.session.add(case)
    tx.session.flush()
    index(tx, case)
    audit.record(tx, case.stream, "case.opened", case.stream, {"reference": case.reference, "channel": channel})
    return case


def index(tx: Tx, case: Case) -> None:
    """Let the case be found by its reference, who asked, what was asked and its topics in words."""
    topics = codes.glossary(tx.session, ("topic",))
    words = [case.reference, case.organisation_name, case.contact_name, case.contact_email]
    named = [*words, *(topics.get(("topic", topic)) for topic in case.topics)]
    search.index(tx, "case", case.id, named, free=[case.text, case.translation])


def find_by_dedupe_key(session: Session, key: str) -> Case | None:
    """The case this form was already sent as."""
    return session.scalar(select(Case).where(Case.dedupe_key == key))


def similar(session: Session, case: Case) -> list[str]:
    """References of other open cases from the same address or association; candidates for a duplicate."""
    same = []
    if case.contact_email:
        same.append(Case.contact_email == case.contact_email)
    if case.organisation_name:
        same.append(Case.organisation_name == case.organisation_name)
    if case.organisation_id is not None:
        same.append(Case.organisation_id == case.organisation_id)
    if not same:
        return []
    query = select(Case.reference).where(or_(*same), Case.id != case.id, Case.status.in_(OPEN))
    return list(session.scalars(query.order_by(Case.id.desc()).limit(10)))


def advance(tx: Tx, case_id: int, status: str, event: str | None = None, **details: object) -> Case:
    """Move a case on; raises ``Conflict("case_state")`` from the wrong status, does nothing if it is there already."""
    case = tx.locked(Case, case_id)
    if case.status == status:
        return case
    if case.status not in BEFORE[status]:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted=status)
    details = {"from": case.status, **details}
    case.status = status
    case.closed_at = tx.now if status in {"closed", "withdrawn"} else None
    audit.record(tx, case.stream, event or f"case.{status}", case.stream, details)
    return case


def route(tx: Tx, case_id: int, ways: list[str], urgency: str | None, support_level: str | None) -> Case:
    """Record which ways the coordinator chose; whoever asked is now known to a person and joins the register."""
    case = tx.locked(Case, case_id)
    if case.status not in OPEN:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted="routed")
    if case.status == "new":
        advance(tx, case_id, "in_progress")
    case.ways, case.urgency, case.support_level = ways, urgency, support_level
    if case.organisation_id is None:  # a name is a guess; the association a person has assigned stays
        known = organisations.remember(tx, case.organisation_name)
        case.organisation_id = known.id if known else None
    audit.record(tx, case.stream, "case.routed", case.stream, {"ways": ways, "urgency": urgency})
    return case


def translate(tx: Tx, case_id: int, text: str) -> Case:
    """Keep the text in German beside the original; a better translation replaces the one before."""
    case = tx.locked(Case, case_id)
    if case.status not in OPEN:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted="translated")
    case.translation = text
    index(tx, case)
    audit.record(tx, case.stream, "case.translated", case.stream, {"language": case.language})
    return case


def take_up(tx: Tx, case_id: int) -> None:
    """Somebody has worked on the case: it is no longer new."""
    case = tx.locked(Case, case_id)
    if case.status == "new":
        advance(tx, case_id, "in_progress")


def wait(tx: Tx, case_id: int) -> None:
    """An office is asked: the case waits for it, unless its answer is given already."""
    case = tx.locked(Case, case_id)
    if case.status in {"new", "in_progress"}:
        advance(tx, case_id, "waiting")


def resume(tx: Tx, case_id: int) -> None:
    """No office is left to wait for: the case is back with the coordination."""
    case = tx.locked(Case, case_id)
    if case.status == "waiting":
        advance(tx, case_id, "in_progress")


def answer(tx: Tx, case_id: int, text: str) -> Case:
    """Give the answer that whoever asked reads on the status page."""
    case = advance(tx, case_id, "answered")
    case.answer = text
    # The text stays out: whoever reads the audit may not read the case.
    audit.record(tx, case.stream, "case.answer_given", case.stream)
    return case


def close(tx: Tx, case_id: int, outcome: str) -> Case:
    """Close with an outcome; a case never closes without one."""
    case = advance(tx, case_id, "closed", outcome=outcome)
    case.outcome = outcome
    return case


def reopen(tx: Tx, case_id: int) -> Case:
    """Take up a case again, as when the association says it was not helped."""
    case = advance(tx, case_id, "in_progress", "case.reopened")
    case.outcome = case.confirmed = None
    return case


def confirm(tx: Tx, case_id: int, answer: str, received_by: Mapping[str, object] | None = None) -> Case:
    """Keep what the association itself says about the outcome; a second, other answer is ``already_confirmed``.

    ``received_by`` tells the audit how it said so if not by its own tap.
    """
    case = tx.locked(Case, case_id)
    if case.confirmed == answer:
        return case
    if case.confirmed is not None:
        raise Conflict("already_confirmed", answer=case.confirmed)
    if case.status not in OPEN:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted="confirmed")
    case.confirmed = answer
    audit.record(tx, case.stream, "case.confirmed", case.stream, {"answer": answer, **(received_by or {})})
    return case


def withdraw_consent(tx: Tx, case_id: int, received_by: Mapping[str, object] | None = None) -> Case:
    """Nothing may be passed on by consent any more (Art. 7(3) GDPR), whatever the state of the case; twice is once.

    ``received_by`` tells the audit how it was said if not by the association's own tap.
    """
    case = tx.locked(Case, case_id)
    if case.consent_share:
        case.consent_share = False
        audit.record(tx, case.stream, "case.consent_withdrawn", case.stream, received_by or None)
    return case


def survey(tx: Tx, case_id: int, question: str, answer: str, received_by: Mapping[str, object] | None = None) -> Case:
    """Keep one answer to the closing survey; the first one counts. Raises ``Conflict("not_asked")``."""
    case = tx.locked(Case, case_id)
    if question in case.survey:
        return case
    if question not in case.open_survey:
        raise Conflict("not_asked", reference=case.reference)
    case.details = {**case.details, "survey": {**case.survey, question: answer}}
    audit.record(tx, case.stream, "case.surveyed", case.stream, {"question": question, **(received_by or {})})
    return case


def add_message(tx: Tx, case_id: int, text: str) -> None:
    """Whoever asked adds something: a message that stays readable for both sides, files, or both."""
    case = tx.locked(Case, case_id)
    if text:
        author = tx.actor.label[:200]
        tx.session.add(CaseNote(case_id=case.id, text=text, author=author, is_shared=True, created_at=tx.now))
    audit.record(tx, case.stream, "case.message_added", case.stream)


def add_note(tx: Tx, case_id: int, text: str, *, is_shared: bool = False, key: str | None = None) -> CaseNote:
    """Keep a note, internal or for whoever asked to read; also on closed cases, for what is learnt later.

    With a ``key`` that was used before, the one kept then is returned instead.
    """
    case = tx.locked(Case, case_id)
    row = upsert(tx.session, CaseNote).values(
        key=key,
        case_id=case.id,
        text=text,
        author=tx.actor.label,
        is_shared=is_shared,
        created_at=tx.now,
    )
    kept = row.on_conflict_do_nothing(index_elements=["key"]).returning(CaseNote)
    note = tx.session.scalars(kept).one_or_none()
    if note is None:
        return tx.session.scalars(select(CaseNote).where(CaseNote.key == key)).one()
    audit.record(tx, case.stream, "note.shared" if is_shared else "note.added", case.stream, {"note": note.id})
    return note
