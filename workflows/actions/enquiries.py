"""Asking the office: the public form, the case it opens, and what whoever asked can see and do with it later."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from workflows import policy
from workflows.actions import attachments, case_status, doors, forms
from workflows.actions.case_status import Status
from workflows.core import audit, house_facts, links
from workflows.core.clock import BERLIN
from workflows.core.db import begin_write
from workflows.core.errors import Conflict, Invalid, Problem
from workflows.core.links import Link
from workflows.core.tx import Tx
from workflows.domain import cases, pages
from workflows.domain.cases import FIELDS, Case, Enquiry
from workflows.engine import definitions, messages, runtime
from workflows.engine.definitions import Definition
from workflows.engine.state import Instance
from workflows.forms import Field, Form
from workflows.operators import ENGINE, referrals

PROCESS = "enquiry"
FORM = "enquiry"
NOTICE = "privacy_notice"
REPLY_LANGUAGE = "reply_language"

# What a running enquiry hears when consent is withdrawn; those begun by an older diagram wait for no such message.
CONSENT_WITHDRAWN = "consent_withdrawn"


@dataclass(frozen=True, slots=True)
class EnquiryForm:
    """The form of the newest version; ``fields`` as drawn for what was typed so far."""

    form: Form
    fields: list[Field]


def form(
    tx: Tx, language: str, values: Mapping[str, Any] | None = None, dedupe_key: str = "", *, channel: str = "form"
) -> EnquiryForm:
    """The enquiry form in a language, filled with ``values`` or empty; uploads wait under its ``dedupe_key``."""
    definition, schema = _schema(tx)
    surroundings = _surroundings(language, channel)
    typed = {**forms.untouched(tx, schema, surroundings), **REACHED_BY.get(channel, {})} if values is None else values
    files = _files(tx, schema, dedupe_key)
    return EnquiryForm(schema, forms.drawn(tx, definition, schema, typed, surroundings, language, files))


REACHED_BY: Mapping[str, Mapping[str, str]] = {"phone": {"reach_by": "phone"}}
"""How people want to be reached who came by a channel, as far as one may guess; whoever takes it down may change it."""


def place(dedupe_key: str) -> str:
    """Where uploads wait until the form is sent."""
    return f"form:{dedupe_key}"


def answered(tx: Tx, case: Case, language: str) -> list[Field]:
    """What was answered to the questions of the form, as fields with words in a language, in the form's order.

    The kind that holds where nobody chose one was not answered.
    """
    instance = tx.session.get(Instance, case.instance_id or 0)
    is_known = instance is not None and instance.process_key == PROCESS
    definition = definitions.load(tx.session, instance.version_id) if instance and is_known else _schema(tx)[0]
    schema = definition.form(FORM)
    values = {**case.details, **{name: getattr(case, name) for name in FIELDS}}
    known = {field.key for field in schema.walk()}
    given = {name: value for name, value in values.items() if name in known}
    if given.get("kind") == EMPTY["kind"]:
        del given["kind"]
    files = attachments.usable(tx, schema, "", given, case.stream)
    return forms.drawn(tx, definition, schema, given, _surroundings(language, case.channel), language, files)


def _files(tx: Tx, schema: Form, dedupe_key: str) -> dict[int, str]:
    return attachments.usable(tx, schema, place(dedupe_key), {}, "") if dedupe_key else {}


def problems(
    tx: Tx, language: str, values: Mapping[str, Any], dedupe_key: str = "", *, channel: str = "form"
) -> Mapping[str, tuple[Problem, ...]]:
    """What is wrong with the values so far, by path; changes nothing."""
    _, schema = _schema(tx)
    files = _files(tx, schema, dedupe_key)
    return forms.cleaned(tx, schema, values, _surroundings(language, channel), files).problems


def submit(
    tx: Tx,
    values: Mapping[str, Any],
    language: str,
    dedupe_key: str | None = None,
    *,
    channel: str = "form",
) -> tuple[Case, Link]:
    """Open a case, start its process, give the link to its status page; the same ``dedupe_key`` gives the same case.

    Whoever records what came by phone, visit or paper must work on cases. Raises ``Invalid`` and ``NotAllowed``.
    """
    if channel != cases.PUBLIC_FORM:
        policy.require(tx, policy.CASE_WORK)
    _, schema = _schema(tx)
    # Looked for first: the files of a form that was sent already are with its case and can be named no more.
    begin_write(tx.session)
    case = cases.find_by_dedupe_key(tx.session, dedupe_key) if dedupe_key else None
    if case is None:
        files = _files(tx, schema, dedupe_key or "")
        typed = forms.checked(tx, schema, values, _surroundings(language, channel), files)
        case = _open(tx, typed, language, dedupe_key, channel)
        is_own = channel == cases.PUBLIC_FORM
        attachments.hand_over(tx, schema, place(dedupe_key or ""), typed, case.stream, is_shared=is_own)
    return case, links.issue(tx, "case_status", case.stream, case.stream)


def _open(tx: Tx, typed: dict[str, Any], language: str, dedupe_key: str | None, channel: str) -> Case:
    enquiry = Enquiry(**{name: _filled(name, typed.get(name)) for name in FIELDS})
    details = {name: value for name, value in typed.items() if name not in FIELDS and value not in (None, [])}
    if channel == cases.PUBLIC_FORM:
        details[NOTICE] = _notice(tx, language)
        language = details.pop(REPLY_LANGUAGE, None) or language
    try:
        with tx.session.begin_nested():
            case = cases.open_new(
                tx, enquiry, channel=channel, language=language, details=details, dedupe_key=dedupe_key
            )
    except IntegrityError:
        # The same form, sent twice at the same moment: the other one was first.
        found = cases.find_by_dedupe_key(tx.session, dedupe_key) if dedupe_key else None
        if found is None:
            raise
        return found
    instance = runtime.start(tx, ENGINE, PROCESS, starting_variables(tx, case), subject=case.stream)
    case.instance_id = instance.id
    return case


def _notice(tx: Tx, language: str) -> dict[str, Any]:
    """Which privacy notice (Art. 13 GDPR) stood above the form: its language, when it was written, its digest."""
    page = pages.read(tx.session, "privacy", language)
    digest = hashlib.sha256(house_facts.filled(page.text, tx.settings.house, "").encode()).hexdigest()
    return {"language": page.language, "written_at": page.updated_at, "sha256": digest}


# What an empty field means, by what it is in an enquiry; everything else is text.
EMPTY: dict[str, Any] = {"on_behalf": False, "consent_share": False, "choice": "other", "kind": "enquiry"}


def _filled(name: str, value: Any) -> Any:
    if name == "topics":
        return list(value or [])
    return EMPTY.get(name, "") if value is None else value


def starting_variables(tx: Tx, case: Case) -> dict[str, Any]:
    """What an enquiry instance starts with; ``is_again`` says that the case had closed and is taken up again."""
    return {
        **case.details,
        **{name: getattr(case, name) for name in FIELDS},
        "reference": case.reference,
        "case": case.id,
        "channel": case.channel,
        "language": case.language,
        "known_organisation": case.organisation_id is not None,
        "similar_cases": cases.similar(tx.session, case),
        "received_on": case.opened_at.astimezone(BERLIN).date(),
        "is_again": False,
    }


def status(tx: Tx, token: str, language: str | None = None) -> Status:
    """What the status page shows; see ``case_status.read``."""
    return case_status.read(tx, token, language)


def own(tx: Tx, token: str) -> Tx:
    """The same transaction as the holder of a status link, who may reach that one case; raises ``NotFound``."""
    return doors.to_case(tx, token).tx


def survey(tx: Tx, token: str, question: str, answer: str) -> None:
    """One tap on the status page: one answer to the closing survey; the first one counts.

    Raises ``NotFound``, ``Invalid`` for another answer than offered, ``Conflict("not_asked")``.
    """
    door = doors.to_case(tx, token)
    check_answer(answer, set(cases.SURVEY_ANSWERS))
    cases.survey(door.tx, door.subject_id, question, answer)


def check_answer(answer: str, offered: set[str]) -> None:
    """Raise ``Invalid`` for another answer than offered."""
    if answer not in offered:
        raise Invalid({"answer": (Problem("unknown_option"),)})


def withdraw(tx: Tx, token: str, reason: str = "") -> None:
    """Take the enquiry back: its process stops and tells every office. Twice is once; ``NotFound``, ``Conflict``."""
    door = doors.to_case(tx, token)
    withdraw_case(door.tx, door.subject_id, reason, {})


def withdraw_case(tx: Tx, case_id: int, reason: str, received_by: Mapping[str, Any]) -> None:
    """Stop the process of a case whose enquiry is taken back; ``received_by`` says how, if not by its own tap."""
    case = tx.locked(Case, case_id)
    unique = f"enquiry_withdrawn/{case.reference}"
    if case.status == "withdrawn" or messages.find(tx, unique) is not None:
        return
    if case.status not in cases.OPEN:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted="withdrawn")
    audit.record(tx, case.stream, "case.withdrawal_asked", case.stream, received_by or None)
    messages.send(tx, "enquiry_withdrawn", case.reference, {"reason": reason[:2000]}, unique_key=unique)


def withdraw_consent(tx: Tx, token: str) -> None:
    """Nothing may be passed on any more: every office under way is told at once, the enquiry itself lives on.

    Twice is once; raises ``NotFound``. Source: Art. 7(3) GDPR.
    """
    door = doors.to_case(tx, token)
    stop_sharing(door.tx, door.subject_id, {})


def stop_sharing(tx: Tx, case_id: int, received_by: Mapping[str, Any]) -> None:
    """Take back the consent of a case; ``received_by`` says how it was said, if not by its own tap."""
    case = tx.locked(Case, case_id)
    if not case.consent_share:
        return
    cases.withdraw_consent(tx, case.id, received_by)
    stopped = referrals.stop(tx, case.id)
    if messages.is_awaited(tx, CONSENT_WITHDRAWN, case.reference):
        messages.send(tx, CONSENT_WITHDRAWN, case.reference, {"stopped": stopped})


def _schema(tx: Tx) -> tuple[Definition, Form]:
    definition = definitions.active(tx.session, PROCESS)
    return definition, definition.form(FORM)


def _surroundings(language: str, channel: str) -> dict[str, Any]:
    return {"language": language, "channel": channel}
