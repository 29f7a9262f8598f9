"""A case as its pages show it: codes become words, rows become what templates draw."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import url_for
from flask_babel import format_currency
from flask_babel import gettext as _

from webapp.files import shown as files_of
from webapp.forms.view import typed
from webapp.i18n import day, language
from webapp.inbox.shown import task_row
from webapp.wording import audit_text, deputy_text, event_text, event_tone, told_for
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import about, attachments, enquiries
from workflows.actions import cases as files
from workflows.actions.cases import CaseFile, Happening
from workflows.actions.referrals import can_take_back
from workflows.core.mail_format import MARKER, SHOWN
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain.cases import FIELDS, Case, CaseNote
from workflows.domain.funding import Application
from workflows.domain.offices import Office
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral
from workflows.forms.model import Field

Row = dict[str, Any]


LISTS = (
    *("choice", "kind", "topic", "language", "channel", "urgency", "way", "case_outcome", "referral_outcome"),
    *("decline_reason", "confirmation", "legal_basis", "share"),
)


def row(word: Words, case: Case) -> Row:
    """One line of the list."""
    return {
        "reference": case.reference,
        "organisation_name": case.organisation_name or case.contact_name,
        "choice": word("choice", case.choice),
        "kind": word("kind", case.kind),
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
        (_("Organisation"), case.organisation_name),
        (_("Ansprechperson"), case.contact_name),
        (_("E-Mail"), case.contact_email),
        (_("Telefon"), case.contact_phone),
        (_("Sprache"), word("language", case.language)),
        (_("Eingangsweg"), word("channel", case.channel)),
        (_("Für eine andere Person"), _("ja") if case.on_behalf else _("nein")),
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


def survey_word(case: Case, question: str) -> str:
    """What the association answered after the case was closed; empty while it has not."""
    words = {"yes": _("ja"), "partly": _("zum Teil"), "no": _("nein")}
    return str(words.get(case.survey.get(question, ""), ""))


def page(tx: Tx, file: CaseFile) -> Row:
    """The variables of the case's page."""
    word, known = Words(tx, LISTS), about.tasks(tx, file.tasks)
    return {
        "case": {**row(word, file.case), "id": file.case.id, "text": file.case.text, "answer": file.case.answer},
        "facts": facts(word, file.case) + more_facts(tx, file.case),
        "tasks": [{**task_row(tx, task, known), "can_work": task.id in file.workable} for task in file.tasks],
        "timeline": [happening(entry, word) for entry in file.story],
        "referrals": [
            {**referral(word, asked, office), "actions": corrections(tx, file, asked)}
            for asked, office in file.referrals
        ],
        "applications": [application(row, programme) for row, programme in file.applications],
        "confirm_url": confirm_url(tx, file),
        "mails": [mail(entry) for entry in file.mails],
        "notes": [note(entry) for entry in file.notes],
        "diagrams": diagrams(tx, file),
        "files": files_of.for_office(
            attachments.of_case(tx, file.case.id), file.case.id, can_work=policy.may(tx.actor, policy.CASE_WORK)
        ),
        "can_work": policy.may(tx.actor, policy.CASE_WORK),
    }


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


def corrections(tx: Tx, file: CaseFile, asked: Referral) -> list[Row]:
    """What the coordination may do in the name of the office, or of who asked, as label and address."""
    if not policy.may(tx.actor, policy.TASK_ON_BEHALF):
        return []
    ids: dict[str, Any] = {"case_id": file.case.id, "referral_id": asked.id}
    is_asked = any(task.subject == asked.key and (task.group_key or "").startswith("office:") for task in file.tasks)
    offered = [
        (is_asked, _("Antwort eintragen"), "on_behalf.answer"),
        (can_take_back(tx, asked, file.awaited), _("Antwort zurücknehmen"), "on_behalf.take_back"),
        (("outcome_confirmed", asked.key) in file.awaited, _("Bestätigung eintragen"), "on_behalf.outcome"),
    ]
    return [{"label": label, "url": url_for(endpoint, **ids)} for is_offered, label, endpoint in offered if is_offered]


def confirm_url(tx: Tx, file: CaseFile) -> str | None:
    """Where to enter whether the association was helped, while it is asked."""
    is_asked = ("case_confirmed", file.case.reference) in file.awaited
    if not is_asked or not policy.may(tx.actor, policy.TASK_ON_BEHALF):
        return None
    return url_for("on_behalf.confirmation", case_id=file.case.id)


def happening(entry: Happening, word: Words) -> Row:
    """One line of the story."""
    if entry.is_process:
        text, tone = event_text(entry.event, entry.step, entry.actor), event_tone(entry.event)
    else:
        text, tone = audit_text(entry.event), "info"
    detail = told_for(entry.details, word("channel", entry.details.get("channel"))) or entry.office or None
    who = deputy_text(entry.actor, entry.acts_for)
    return {"at": entry.at, "text": text, "detail": detail, "actor": who, "tone": tone}


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
        "confirmed": word("confirmation", asked.confirmed),
        "legal_basis": word("legal_basis", asked.legal_basis),
        "shared": [word("share", name) for name in asked.extract],
    }


def note(entry: CaseNote) -> Row:
    """A note and who may read it."""
    return {"author": entry.author, "text": entry.text, "at": entry.created_at, "is_shared": entry.is_shared}


def mail(entry: Mail) -> Row:
    """A mail, its link hidden."""
    return {
        "id": entry.id,
        "to": entry.to_address,
        "subject": entry.subject,
        "text": entry.text.replace(MARKER, SHOWN),
        "status": entry.status,
        "sent_at": entry.sent_at,
        "attempts": entry.attempts,
        "last_error": entry.last_error,
    }


def diagrams(tx: Tx, file: CaseFile) -> list[Row]:
    """The processes of the case, newest last, each with where it stands in words."""
    found = []
    for instance, definition in file.instances:
        waiting = files.waiting_elements(tx, instance, definition)
        found.append(
            {
                "id": instance.id,
                "name": definition.name,
                "status": instance.status,
                "xml_url": url_for("cases.diagram", case_id=file.case.id, instance_id=instance.id),
                "marks_url": url_for("cases.marks", case_id=file.case.id, instance_id=instance.id),
                "current": [definition.element_name(element, language()) for element in waiting],
            }
        )
    return found
