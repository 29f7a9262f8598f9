"""Four eyes: what a process owner asks to publish or to retire, and what a second person says to it.

Whoever changed the draft or asked for it cannot approve it. An approval may name a day: it takes effect when that day
begins in Berlin.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core import audit
from workflows.core.clock import BERLIN
from workflows.core.db import Base
from workflows.core.errors import Conflict, NotAllowed
from workflows.core.tx import Tx
from workflows.engine import definitions, drafts
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks import check
from workflows.engine.definitions import Version
from workflows.engine.drafts import Draft
from workflows.engine.findings import BundleRefused

WAITING, APPROVED = "submitted", "approved"


class Publication(Base):
    """One proposal: a draft to be published, or a version to be retired (``kind``), with who said what when.

    ``version_id`` is what became of the draft, or the version to retire.
    """

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint("kind IN ('publish', 'retire')", name="kind"),
        CheckConstraint("status IN ('submitted', 'approved', 'refused', 'withdrawn', 'done')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(100), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    comment: Mapped[str] = mapped_column(Text)
    effective_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(10), default=WAITING, index=True)
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str] = mapped_column(String(200))
    submitted_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_by_id: Mapped[int | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None]


def submit(tx: Tx, draft_id: int, comment: str, effective_on: date | None, catalogue: Catalogue) -> Publication:
    """Ask for a draft to be published; from now on nobody changes it.

    Raises ``BundleRefused`` with the findings, ``Conflict``: ``draft_closed``, or ``draft_behind`` when the process
    was published otherwise since the draft was made.
    """
    draft = drafts.opened(tx, draft_id)
    _refuse_behind(tx, draft)
    findings = check(drafts.bundle_of(tx.session, draft), catalogue)
    if any(each.severity == "error" for each in findings):
        raise BundleRefused(findings)
    draft.status = "submitted"
    return _asked(tx, draft.process_key, "publish", comment, effective_on, draft_id=draft.id)


def submit_retirement(tx: Tx, version_id: int, comment: str) -> Publication:
    """Ask for a version to be retired; raises ``NotFound``, ``Conflict("version_retired")``."""
    version = tx.locked(Version, version_id)
    if version.status != "active":
        raise Conflict("version_retired", process=version.process_key, number=version.number)
    return _asked(tx, version.process_key, "retire", comment, None, version_id=version.id)


def _refuse_behind(tx: Tx, draft: Draft) -> None:
    newest = definitions.newest_active(tx.session, draft.process_key)
    if newest is not None and newest.id != draft.base_version_id:
        raise Conflict("draft_behind", number=newest.number)


def _asked(
    tx: Tx,
    key: str,
    kind: str,
    comment: str,
    effective_on: date | None,
    *,
    draft_id: int | None = None,
    version_id: int | None = None,
) -> Publication:
    asked = Publication(
        process_key=key,
        kind=kind,
        draft_id=draft_id,
        version_id=version_id,
        comment=comment,
        effective_on=effective_on,
        status=WAITING,
        submitted_at=tx.now,
        submitted_by=tx.actor.label,
        submitted_by_id=tx.actor.user_id,
    )
    tx.session.add(asked)
    tx.session.flush()
    facts = {"kind": kind, "comment": comment, "effective_on": effective_on}
    audit.record(tx, "system", "publication.submitted", f"process:{key}", facts)
    return asked


def may_decide(tx: Tx, asked: Publication) -> bool:
    """Whether the actor is a second person: neither asked for it nor changed anything in it."""
    mine = tx.actor.user_id
    if mine is None or asked.status != WAITING or mine == asked.submitted_by_id:
        return False
    return asked.draft_id is None or mine not in drafts.authors(tx.session, asked.draft_id)


def approve(tx: Tx, publication_id: int, comment: str, catalogue: Catalogue) -> Publication:
    """Say yes as the second person; what is due takes effect at once.

    Raises ``NotAllowed("second_person")``, ``Conflict("publication_decided")``, and as ``take_effect``.
    """
    asked = _decided(tx, publication_id, "approved", comment)
    if asked.effective_on is None or asked.effective_on <= _today(tx):
        take_effect(tx, asked, catalogue)
    return asked


def refuse(tx: Tx, publication_id: int, comment: str) -> Publication:
    """Say no as the second person; the draft is open again. Raises as ``approve``."""
    asked = _decided(tx, publication_id, "refused", comment)
    _reopen(tx, asked)
    return asked


def _decided(tx: Tx, publication_id: int, status: str, comment: str) -> Publication:
    asked = tx.locked(Publication, publication_id)
    if asked.status != WAITING:
        raise Conflict("publication_decided", by=asked.decided_by, at=asked.decided_at)
    if not may_decide(tx, asked):
        raise NotAllowed("second_person")
    asked.status, asked.decision = status, comment
    asked.decided_at, asked.decided_by, asked.decided_by_id = tx.now, tx.actor.label, tx.actor.user_id
    facts = {"kind": asked.kind, "comment": comment, "submitted_by": asked.submitted_by}
    audit.record(tx, "system", f"publication.{status}", f"process:{asked.process_key}", facts)
    return asked


def withdraw(tx: Tx, publication_id: int) -> Publication:
    """Take a proposal back before it took effect; the draft is open again. Raises ``Conflict("publication_done")``."""
    asked = tx.locked(Publication, publication_id)
    if asked.status not in {WAITING, APPROVED}:
        raise Conflict("publication_decided", by=asked.decided_by, at=asked.decided_at)
    asked.status = "withdrawn"
    _reopen(tx, asked)
    audit.record(tx, "system", "publication.withdrawn", f"process:{asked.process_key}", {"kind": asked.kind})
    return asked


def _reopen(tx: Tx, asked: Publication) -> None:
    if asked.draft_id is not None:
        tx.locked(Draft, asked.draft_id).status = drafts.OPEN


def _today(tx: Tx) -> date:
    return tx.now.astimezone(BERLIN).date()


def give_up(tx: Tx, publication_id: int, reason: str) -> Publication:
    """What was approved could not take effect on its day: the draft is open again, and everybody reads why."""
    asked = tx.locked(Publication, publication_id)
    asked.status, asked.decision = "refused", reason
    _reopen(tx, asked)
    audit.record(tx, "system", "publication.failed", f"process:{asked.process_key}", {"reason": reason})
    return asked


def take_effect(tx: Tx, asked: Publication, catalogue: Catalogue) -> Version:
    """Publish or retire what was approved; raises ``BundleRefused``, ``Conflict`` when the house has moved on."""
    if asked.kind == "retire":
        assert asked.version_id is not None
        version = definitions.retire(tx, asked.version_id)
    else:
        assert asked.draft_id is not None
        draft = tx.locked(Draft, asked.draft_id)
        _refuse_behind(tx, draft)
        version = definitions.deploy(tx, drafts.bundle_of(tx.session, draft), catalogue)
        draft.status = "published"
        asked.version_id = version.id
    asked.status, asked.done_at = "done", tx.now
    return version


def next_due(tx: Tx, skip: list[int]) -> int | None:
    """An approved publication whose day has come, not one of ``skip``."""
    return tx.session.scalar(
        select(Publication.id)
        .where(
            Publication.status == APPROVED,
            Publication.effective_on <= _today(tx),
            Publication.id.not_in(skip),
        )
        .order_by(Publication.id)
        .limit(1)
    )
