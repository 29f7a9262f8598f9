"""A case as its pages show it: codes become words, rows become what templates draw."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import url_for
from flask_babel import format_currency
from flask_babel import gettext as _

from webapp.cases import answers, matching, processes, story
from webapp.contacts import shown as talks
from webapp.files import shown as files_of
from webapp.forms.view import typed
from webapp.i18n import day, language
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import about, attachments, case_facts, enquiries, intake
from workflows.actions.about import About
from workflows.actions.cases import CaseFile
from workflows.core.tx import Tx
from workflows.domain.cases import FIELDS, URGENT, Case
from workflows.domain.funding import Application
from workflows.domain.offices import Office
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral
from workflows.forms.model import Field

Row = dict[str, Any]


LISTS = (
    *("choice", "kind", "topic", "language", "channel", "urgency", "way", "case_outcome", "referral_outcome"),
    *("decline_reason", "confirmation", "consideration", "legal_basis", "share"),
)


def row(word: Words, case: Case) -> Row:
    """One line of the list."""
    return {
        "reference": case.reference,
        "organisation_name": case.organisation_name or case.contact_name,
        "choice": word("choice", case.choice),
        "kind": word("kind", case.kind),
        "urgency": word("urgency", case.urgency) if case.urgency == URGENT else "",
        "status": case.status,
        "opened_at": case.opened_at,
        "url": url_for("cases.detail", case_id=case.id),
    }


def facts(word: Words, case: Case) -> list[Row]:
    """What was asked, by whom, as label and value."""
    found = [
        (_("Anliegen"), word("choice", case.choice)),
        (_("Art"), word("kind", case.kind)),
        (_("Themen"), word.several("topic", case.topics)),
        (_("Sprache"), word("language", case.language)),
        (_("Eingangsweg"), word("channel", case.channel)),
        (_("Einwilligung in die Weitergabe"), _("ja") if case.consent_share else _("nein")),
        (_("Dringlichkeit"), word("urgency", case.urgency)),
        (_("Wege"), word.several("way", case.ways)),
        (_("Ergebnis"), word("case_outcome", case.outcome)),
        (_("Schnell genug geantwortet"), survey_word(case, "fast")),
        (_("Gut zu verstehen"), survey_word(case, "clear")),
        (_("Würde wieder fragen"), survey_word(case, "again")),
    ]
    return [{"label": label, "value": value} for label, value in found if value]


def more_facts(tx: Tx, case: Case) -> list[Row]:
    """What was answered to the questions that belong to the choice, and which privacy notice was read."""
    found = [row for row in typed(list(_own_questions(enquiries.answered(tx, case, language())))) if row["label"]]
    notice = case.details.get(enquiries.NOTICE)
    if isinstance(notice, dict):
        written = day(notice["written_at"])
        value = _("Fassung vom %(day)s (%(language)s)", day=written, language=notice["language"])
        found.append({"label": _("Datenschutzhinweise"), "value": value})
    return found


def _own_questions(fields: Sequence[Field]) -> Iterator[Field]:
    """Without those that every case has, and without files, which have a place of their own."""
    for item in fields:
        if item.kind == "group":
            yield from _own_questions(item.fields)
        elif item.key not in FIELDS and item.kind != "file":
            yield item


def people(file: CaseFile, known: About) -> list[Row]:
    """Who asked, for whom, who is in charge, and which offices are involved."""
    case = file.case
    in_charge = dict.fromkeys(name for task in file.tasks if (name := known.people.get(task.assignee_id or 0)))
    asked = "\n".join(part for part in (case.contact_name, case.contact_email, case.contact_phone) if part)
    found = [
        (_("Organisation"), case.organisation_name),
        (_("Wer gefragt hat"), asked),
        (_("Gefragt für"), _("eine andere Person") if case.on_behalf else ""),
        (_("Zuständig"), ", ".join(in_charge) or file.last_worker),
        (_("Beteiligte Stellen"), "\n".join(dict.fromkeys(office.name for _row, office in file.referrals))),
    ]
    return [{"label": label, "value": value} for label, value in found if value]


def survey_word(case: Case, question: str) -> str:
    """What the association answered after the case was closed; empty while it has not."""
    words = {"yes": _("ja"), "partly": _("zum Teil"), "no": _("nein")}
    return str(words.get(case.survey.get(question, ""), ""))


def page(tx: Tx, file: CaseFile, show: str = "") -> Row:
    """The variables of the case's page; ``show`` is the kind of lines that its timeline is narrowed to."""
    word, known = Words(tx, LISTS), about.tasks(tx, file.tasks)
    return {
        "case": {
            **row(word, file.case),
            "id": file.case.id,
            "organisation_id": file.case.organisation_id,
            "text": file.case.text,
            "answer": file.case.answer,
        },
        "facts": facts(word, file.case) + more_facts(tx, file.case),
        "tasks": [answers.open_task(tx, file, known, task) for task in file.tasks],
        "story": story.timeline(tx, file.case.id, file.story, show),
        "rejected": story.rejected(file.case.id, file.story),
        "people": people(file, known),
        "referrals": [
            {**referral(word, asked, office), "actions": answers.corrections(tx, file, asked)}
            for asked, office in file.referrals
        ],
        "applications": [application(row, programme) for row, programme in file.applications],
        "told": answers.of_sender(tx, file),
        "links": linked(tx, file.case),
        "diagrams": processes.diagrams(tx, file),
        "files": files_of.for_office(
            attachments.of_case(tx, file.case.id), file.case.id, can_work=policy.may(tx.actor, policy.CASE_WORK)
        ),
        "can_work": policy.may(tx.actor, policy.CASE_WORK),
        "talks": talks.beside(tx, file.case),
        "suggestions": matching.rows(intake.of_case(tx, file.case)),
    }


def linked(tx: Tx, case: Case) -> Row:
    """The case this one duplicates, and those that duplicate it."""
    found = case_facts.links(tx, case)
    return {
        "duplicate_of": _reference(found.duplicate_of) if found.duplicate_of else None,
        "duplicates": [_reference(other) for other in found.duplicates],
    }


def _reference(case: Case) -> Row:
    return {"reference": case.reference, "url": url_for("cases.detail", case_id=case.id)}


def application(row: Application, programme: Programme | None) -> Row:
    """One funding application."""
    return {
        "programme": programme.name if programme else _("Noch kein Programm gewählt"),
        "status": row.status,
        "deadline_on": row.deadline_on,
        "amounts": [
            {"label": label, "value": format_currency(value, "EUR") if value is not None else ""}
            for label, value in ((_("Beantragt"), row.requested), (_("Bewilligt"), row.awarded))
        ],
    }


def referral(word: Words, asked: Referral, office: Office) -> Row:
    """One office that was asked, and what it received."""
    return {
        "id": asked.id,
        "office_name": office.name,
        "status": asked.status,
        "deadline_on": asked.deadline_on,
        "sent_at": asked.sent_at,
        "answered_at": asked.answered_at,
        "outcome": word("referral_outcome", asked.outcome),
        "decline_reason": word("decline_reason", asked.decline_reason),
        "consideration": word("consideration", asked.consideration),
        "considered_text": asked.outcome_text if asked.consideration else "",
        "confirmed": word("confirmation", asked.confirmed),
        "legal_basis": word("legal_basis", asked.legal_basis),
        "shared": [word("share", name) for name in asked.extract],
    }
