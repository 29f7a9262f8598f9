"""Publishing with four eyes: ask, approve, refuse, withdraw, and what takes effect on its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflows import policy
from workflows.actions import trials, workshop
from workflows.actions.play import Performance
from workflows.core.clock import BERLIN
from workflows.core.errors import Conflict, Invalid, LotseError, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine import drafts, publications, stories
from workflows.engine.drafts import Draft
from workflows.engine.findings import BundleRefused, Finding
from workflows.engine.publications import Publication
from workflows.operators import catalogue

LONGEST_COMMENT = 2_000
FURTHEST = timedelta(days=730)
"""How far ahead a version may begin."""


def submit(tx: Tx, draft_id: int, comment: str, effective_on: date | None, language: str = "de") -> Publication:
    """Ask a second person to publish a draft, once all its scenarios go as told.

    Raises ``Invalid`` without a comment or for a day that is over or too far ahead, ``Conflict("scenarios_fail",
    failed=)`` with each story and the step at which it first goes another way, else as ``publications.submit``.
    """
    said = _worded(comment)
    _refuse_unusable(tx, effective_on)
    draft = workshop.draft(tx, draft_id)
    if draft.status != drafts.OPEN:
        raise Conflict("draft_closed")
    _refuse_failing(trials.play_all(tx, draft.id, language))
    return publications.submit(tx, draft.id, said, effective_on, catalogue(tx))


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a program sent, as a draft that waits for a second person, and what was rewritten in it on the way."""

    publication: Publication
    changes: tuple[Finding, ...]


def propose(tx: Tx, data: bytes, comment: str) -> Proposed:
    """Make a draft of a zip and ask a second person to publish it.

    Raises ``BundleUnreadable``, ``BundleRefused`` with all findings, otherwise as ``submit``; nothing is kept then.
    """
    said = _worded(comment)
    found, told = workshop.unpacked(tx, data)
    try:
        _refuse_failing(trials.play_stories(tx, found.bundle, trials.read_stories(told).values()))
        draft = workshop.begin_with(tx, found.bundle, told)
        return Proposed(publications.submit(tx, draft.id, said, None, catalogue(tx)), found.changes)
    except BundleRefused as refused:
        raise BundleRefused([*refused.findings, *found.changes]) from refused


def submit_retirement(tx: Tx, key: str, number: int, comment: str) -> Publication:
    """Ask a second person to retire a version; raises ``NotFound``, ``Invalid``, ``Conflict``."""
    version = next((each for each in workshop.process(tx, key).versions if each.number == number), None)
    if version is None:
        raise NotFound("version_unknown", process=key, number=number)
    return publications.submit_retirement(tx, version.id, _worded(comment))


def _refuse_unusable(tx: Tx, day: date | None) -> None:
    today = tx.now.astimezone(BERLIN).date()
    if day is not None and day < today:
        raise Invalid({"on": (Problem("in_the_past"),)})
    if day is not None and day > today + FURTHEST:
        raise Invalid({"on": (Problem("too_far_ahead"),)})


def _refuse_failing(played: Sequence[Performance]) -> None:
    failed = [(each.scenario, each.deviations[0]) for each in played if not each.is_as_told]
    if failed:
        told = [
            {"scenario": story.name, "title": story.title, "step": first.step, "place": first.place}
            for story, first in failed
        ]
        raise Conflict("scenarios_fail", failed=told)


def _worded(comment: str) -> str:
    said = comment.strip()
    if not said:
        raise Invalid({"comment": (Problem("required"),)})
    if len(said) > LONGEST_COMMENT:
        raise Invalid({"comment": (Problem("too_long", {"max": LONGEST_COMMENT}),)})
    return said


def approve(tx: Tx, publication_id: int, comment: str) -> Publication:
    """Say yes; what is due takes effect at once. Raises as ``publications.approve``."""
    policy.require(tx, policy.BUNDLE_DEPLOY)
    asked = publications.approve(tx, workshop.publication(tx, publication_id).id, comment.strip(), catalogue(tx))
    if asked.status == "done":
        _keep_stories(tx, asked)
    return asked


def may_decide(tx: Tx, asked: Publication) -> bool:
    """Whether the actor is the second person this proposal waits for."""
    return policy.may(tx.actor, policy.BUNDLE_DEPLOY) and publications.may_decide(tx, asked)


def refuse(tx: Tx, publication_id: int, comment: str) -> Publication:
    """Say no, with a reason; raises as ``publications.refuse``, ``Invalid`` without a reason."""
    policy.require(tx, policy.BUNDLE_DEPLOY)
    return publications.refuse(tx, workshop.publication(tx, publication_id).id, _worded(comment))


def withdraw(tx: Tx, publication_id: int) -> Publication:
    """Take a proposal back; raises as ``publications.withdraw``."""
    return publications.withdraw(tx, workshop.publication(tx, publication_id).id)


def take_effect(tx: Tx, publication_id: int) -> Publication:
    """What the worker does on the day: publish, or open the draft again and say why it could not be."""
    asked = tx.locked(Publication, publication_id)
    if asked.status != publications.APPROVED:
        return asked
    try:
        with tx.session.begin_nested():
            publications.take_effect(tx, asked, catalogue(tx))
    except LotseError as error:
        publications.give_up(tx, publication_id, error.code)
    else:
        _keep_stories(tx, asked)
    return asked


def _keep_stories(tx: Tx, asked: Publication) -> None:
    if asked.draft_id is not None:
        draft = tx.session.get_one(Draft, asked.draft_id)
        stories.keep(tx, asked.process_key, drafts.scenarios_of(tx.session, draft))
