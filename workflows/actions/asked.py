"""What whoever asked said to the coordination by telephone, mail, visit or on paper, entered in its name."""

from collections.abc import Mapping
from datetime import date

from workflows import policy
from workflows.actions import enquiries, received
from workflows.core import audit
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import cases, funding
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.engine import messages

LONGEST_REASON = 500


def read(tx: Tx, case_id: int) -> Case:
    """The case in whose sender's name something is entered; raises ``NotFound``."""
    return policy.get(tx, policy.TASK_ON_BEHALF, Case, case_id)


def can_withdraw(tx: Tx, case: Case) -> bool:
    """Whether the enquiry may be taken back in the sender's name now."""
    return policy.may(tx.actor, policy.TASK_ON_BEHALF) and case.status in cases.OPEN


def can_stop_sharing(tx: Tx, case: Case) -> bool:
    """Whether there is a consent that may be taken back in the sender's name."""
    return policy.may(tx.actor, policy.TASK_ON_BEHALF) and case.consent_share


def can_survey(tx: Tx, case: Case) -> bool:
    """Whether questions after the closing are still open."""
    return policy.may(tx.actor, policy.TASK_ON_BEHALF) and bool(case.open_survey)


def withdraw(tx: Tx, case_id: int, reason: str, channel: str, on: date | None) -> None:
    """The enquiry is taken back. Raises ``NotFound``, ``Invalid``, ``Conflict("case_state")``."""
    case = read(tx, case_id)
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": (Problem("too_long", {"max": LONGEST_REASON}),)})
    enquiries.withdraw_case(tx, case_id, reason, _how(tx, case, channel, on))


def can_give_up(tx: Tx, case: Case) -> list[Application]:
    """The applications that may be taken back one by one in the sender's name, oldest first."""
    if not policy.may(tx.actor, policy.TASK_ON_BEHALF):
        return []
    return [row for row in funding.of_case(tx.session, case.id) if funding.can_withdraw(row)]


def give_up(tx: Tx, case_id: int, application_id: int, channel: str, on: date | None) -> None:
    """One application is taken back, all else of the enquiry goes on.

    Raises ``NotFound``, ``Invalid`` and, once money has been called for, ``Conflict("application_state")``.
    """
    case = read(tx, case_id)
    application = next((row for row in funding.of_case(tx.session, case.id) if row.id == application_id), None)
    if application is None:
        raise NotFound("not_found", kind="application")
    if not funding.can_withdraw(tx.locked(Application, application.id)):
        raise Conflict("application_state", application=application.id, status=application.status, wanted="withdrawn")
    audit.record(tx, case.stream, "application.withdrawal_asked", application.key, _how(tx, case, channel, on))
    messages.send(tx, "funding_withdrawn", application.key, {}, unique_key=f"funding_withdrawn/{application.key}")


def stop_sharing(tx: Tx, case_id: int, channel: str, on: date | None) -> None:
    """The consent to pass data on is taken back. Raises ``NotFound``, ``Invalid``."""
    enquiries.stop_sharing(tx, case_id, _how(tx, read(tx, case_id), channel, on))


def survey(tx: Tx, case_id: int, answers: Mapping[str, str], channel: str, on: date | None) -> None:
    """Answers to the closing survey by question, as far as there are any.

    Raises ``NotFound``, ``Invalid`` for an unknown answer or none at all, ``Conflict("not_asked")``.
    """
    case = read(tx, case_id)
    given = {question: answer for question, answer in answers.items() if answer}
    if not given or not set(given.values()) <= set(cases.SURVEY_ANSWERS):
        raise Invalid({"answer": (Problem("not_an_option" if given else "required"),)})
    how = _how(tx, case, channel, on)
    for question, answer in given.items():
        cases.survey(tx, case_id, question, answer, how)


def _how(tx: Tx, case: Case, channel: str, on: date | None) -> dict[str, object]:
    how = received.checked(tx, channel, on, since=case.opened_at)
    return how.details(case.organisation_name or case.contact_name)
