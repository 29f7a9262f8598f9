"""Whoever asked says with one tap whether it helped, and corrects a slip with another.

A correction goes where the first answer went: before its message has arrived it takes its place, later the case is
opened again or goes on, or the coordination gets a task. Where others have gone further the first answer stays.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows import policy
from workflows.actions import corrections, correspondence, doors, enquiries, received
from workflows.actions.corrections import (
    CASE_ANSWER,
    CASE_CORRECTED,
    HELP_CONTRADICTED,
    REFERRAL_ANSWER,
    REFERRAL_CORRECTED,
)
from workflows.core import audit, throttle
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.domain import cases, confirmations
from workflows.domain.cases import Case
from workflows.domain.confirmations import NOT_HELPED
from workflows.domain.offices import Office
from workflows.domain.referrals import CONFIRMATIONS, CONTRADICTED, Referral
from workflows.engine import messages, runtime
from workflows.operators import ENGINE

CORRECTIONS_PER_DAY = 10

Details = Mapping[str, Any]


def confirm(tx: Tx, token: str, answer: str, referral_id: int | None = None) -> bool:
    """One tap on the status page: did it help? The same tap again does nothing; whether it corrected another.

    Raises ``NotFound``, ``Invalid`` for another answer than offered, ``Conflict`` ``already_confirmed`` where a first
    answer stays and ``not_asked`` when nobody waits for one; both tell the ``answer`` that was given, if any.
    """
    door = doors.to_case(tx, token)
    if referral_id is None:
        return _of_case(door.tx, door.subject_id, answer, {})
    policy.get(door.tx, policy.REFERRAL_READ, Referral, referral_id)
    return _of_referral(door.tx, referral_id, answer, {})


def confirm_on_behalf(
    tx: Tx, case_id: int, answer: str, channel: str, on: date | None, referral_id: int | None = None
) -> None:
    """Record what whoever asked said by phone, mail, visit or on paper; raises what ``confirm`` raises.

    Also ``Invalid`` for ``channel`` and ``on``, the day the answer came.
    """
    case = policy.get(tx, policy.TASK_ON_BEHALF, Case, case_id)
    how = received.checked(tx, channel, on, since=case.opened_at)
    details = how.details(case.organisation_name or case.contact_name)
    if referral_id is None:
        _of_case(tx, case_id, answer, details)
        return
    referral = policy.get(tx, policy.TASK_ON_BEHALF, Referral, referral_id)
    if referral.case_id != case.id:
        raise NotFound("not_found", kind="referral")
    _of_referral(tx, referral_id, answer, details)


def _of_case(tx: Tx, case_id: int, answer: str, received_by: Details) -> bool:
    enquiries.check_answer(answer, set(cases.CONFIRMATIONS))
    runtime.hold(tx, CASE_CORRECTED, tx.session.get_one(Case, case_id).reference)
    case = tx.locked(Case, case_id)
    if case.confirmed is None and messages.is_awaited(tx, CASE_ANSWER, case.reference):
        cases.confirm(tx, case_id, answer, received_by)
        messages.send(tx, CASE_ANSWER, case.reference, {"answer": answer, **received_by})
        return False
    before = confirmations.of_case(tx.session, case)
    if answer in (case.confirmed, before and before.answer):
        return False
    if before is None:
        raise Conflict("not_asked", reference=case.reference, answer=case.confirmed)
    if not corrections.of_case(tx, case):
        raise Conflict("already_confirmed", answer=before.answer)
    throttle.hit(tx, f"correct:{case.stream}", CORRECTIONS_PER_DAY, 86_400)
    is_under_way = messages.replace(tx, CASE_ANSWER, case.reference, {"answer": answer, **received_by})
    confirmations.correct_case(tx, case, before.answer, answer, received_by)
    if is_under_way:
        return True
    if case.status != "closed":
        runtime.tell(tx, ENGINE, CASE_CORRECTED, case.reference, {"answer": answer, **received_by})
    elif answer == NOT_HELPED:
        _take_up_again(tx, case)
    return True


def _of_referral(tx: Tx, referral_id: int, answer: str, received_by: Details) -> bool:
    enquiries.check_answer(answer, set(CONFIRMATIONS))
    asked = tx.session.get_one(Referral, referral_id)
    runtime.hold(tx, REFERRAL_CORRECTED, asked.key)
    runtime.hold(tx, HELP_CONTRADICTED, tx.session.get_one(Case, asked.case_id).reference)
    referral = tx.locked(Referral, referral_id)
    unique = f"{REFERRAL_ANSWER}/{referral.key}"
    sent = messages.find(tx, unique)
    if sent is None:
        if not messages.is_awaited(tx, REFERRAL_ANSWER, referral.key):
            raise Conflict("not_asked", reference=referral.key)
        messages.send(tx, REFERRAL_ANSWER, referral.key, {"answer": answer, **received_by}, unique_key=unique)
        details = {"answer": answer, **received_by}
        audit.record(tx, referral.stream, "referral.confirmation_given", referral.key, details)
        return False
    before = confirmations.of_referral(tx.session, referral)
    if answer == (before.answer if before else sent.variables.get("answer")):
        return False
    if before is None or not corrections.of_referral(tx, referral):
        raise Conflict("already_confirmed", answer=before.answer if before else None)
    throttle.hit(tx, f"correct:{referral.stream}", CORRECTIONS_PER_DAY, 86_400)
    confirmations.correct_referral(tx, referral, before.answer, answer, received_by)
    if not messages.replace(tx, REFERRAL_ANSWER, referral.key, {"answer": answer, **received_by}):
        _follow(tx, referral, answer, received_by)
    return True


def _follow(tx: Tx, referral: Referral, answer: str, received_by: Details) -> None:
    """What follows from another word when the process has gone on from the first."""
    case = tx.locked(Case, referral.case_id)
    if answer != CONTRADICTED:
        runtime.tell(tx, ENGINE, REFERRAL_CORRECTED, referral.key, {"answer": answer, **received_by})
    elif case.status == "closed":
        _take_up_again(tx, case)
    elif messages.is_awaited(tx, HELP_CONTRADICTED, case.reference):
        office = tx.session.get_one(Office, referral.office_id)
        facts = {"referral": referral.id, "office_name": office.name, "outcome": referral.outcome or ""}
        runtime.tell(tx, ENGINE, HELP_CONTRADICTED, case.reference, {**facts, **received_by})
    else:
        correspondence.tell_of_correction(tx, case, referral)


def _take_up_again(tx: Tx, case: Case) -> None:
    """A case that had closed is with the coordination again, by a process anew."""
    cases.reopen(tx, case.id)
    variables = {**enquiries.starting_variables(tx, case), "is_again": True}
    instance = runtime.start(tx, ENGINE, enquiries.PROCESS, variables, subject=case.stream)
    case.instance_id = instance.id
