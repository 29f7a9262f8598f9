"""The timeline of a case as its page draws it: each line in words, with the text of what was sent, said or kept."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.i18n import shown
from webapp.wording import audit_text, deputy_text, event_text, event_tone, mail_failure, told_for
from webapp.wording.details import DetailWords
from webapp.wording.errors import error_text
from workflows import policy
from workflows.actions.case_story import KINDS, Happening
from workflows.core import mail_format
from workflows.core.files import File
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain.cases import CaseNote
from workflows.domain.contacts import Contact
from workflows.domain.letters import Letter
from workflows.domain.questions import ReferralMessage

Row = dict[str, Any]

NAMES: Mapping[str, Any] = {
    "task": _l("Aufgaben"),
    "mail": _l("E-Mails"),
    "letter": _l("Briefe"),
    "referral": _l("Verweisungen"),
    "funding": _l("Förderung"),
    "note": _l("Notizen"),
    "contact": _l("Kontakte"),
    "file": _l("Dateien"),
    "change": _l("Änderungen"),
    "decision": _l("Vorschläge"),
    "course": _l("Verlauf des Vorgangs"),
}
TONES: Mapping[str, str] = {
    **dict.fromkeys(("referral.accepted", "referral.reported", "referral.confirmed", "application.awarded"), "success"),
    **dict.fromkeys(("case.closed", "case.answered"), "success"),
    **dict.fromkeys(("referral.declined", "referral.expired", "referral.answer_taken_back"), "warning"),
    **dict.fromkeys(("referral.withdrawn", "referral.reopened", "case.reopened", "case.withdrawn"), "warning"),
}
# Said by the line itself, or by a number nobody reads.
SILENT = frozenset(
    {"before", "from", "reference", "step", "message", "note", "on_behalf_of", "channel", "on", "appointment", "job"}
)
# More lines of one proposal than these are folded.
FEW = 4


def timeline(tx: Tx, case_id: int, story: Sequence[Happening], asked: str) -> Row:
    """The lines of the kind the address asks for, and the choices with how many lines each has."""
    kind = asked if asked in KINDS else ""
    words, counts = DetailWords(tx), Counter(happening.kind for happening in story)
    choices = [
        {"name": str(NAMES[key]), "count": counts[key], "url": _url(case_id, key), "is_chosen": key == kind}
        for key in KINDS
        if counts[key] or key == kind
    ]
    everything = {"name": _("Alles"), "count": len(story), "url": _url(case_id, None), "is_chosen": not kind}
    chosen = [happening for happening in story if kind in ("", happening.kind)]
    return {
        "entries": [line(words, happening, may_work=policy.may(tx.actor, policy.CASE_WORK)) for happening in chosen],
        "choices": [everything, *choices],
    }


def rejected(case_id: int, story: Sequence[Happening]) -> list[Row]:
    """The mails that could not be delivered: nobody may overlook them."""
    mails = [happening.thing for happening in story if isinstance(happening.thing, Mail)]
    return [
        {"to": mail.to_address, "last_error": mail.last_error, "url": _url(case_id, "mail")}
        for mail in mails
        if mail.status == "failed"
    ]


def _url(case_id: int, kind: str | None) -> str:
    return url_for("cases.detail", case_id=case_id, show=kind, _anchor="story")


def line(words: DetailWords, happening: Happening, *, may_work: bool = False) -> Row:
    """One line: what happened, about whom, in which words, by whom and when."""
    who = deputy_text(happening.actor, happening.acts_for)
    drawn: Row = {"at": happening.at, "actor": who, "kind": happening.kind, "office": happening.office}
    if happening.thing is not None:
        return {**drawn, **THINGS[type(happening.thing)](words, happening, may_work)}
    if happening.event == "decision.evaluated":
        text = event_text(happening.event, happening.step)
        return {**drawn, "text": text, "tone": "info", **_folded(decision(words, happening.details))}
    if happening.is_process:
        told = event_text(happening.event, happening.step)
        return {**drawn, "text": told, "tone": event_tone(happening.event), "facts": _problem(happening)}
    details = happening.details
    told = told_for(details, words.value(happening.event, "channel", details.get("channel", "")))
    return {
        **drawn,
        "text": _text(happening),
        "tone": TONES.get(happening.event, "info"),
        "office": told or happening.office,
        "facts": words.rows(happening.event, details, _silent(happening, is_told=bool(told))),
    }


def _problem(happening: Happening) -> list[Row]:
    """Why a step is stuck, where there are words for it."""
    if happening.event != "incident.opened":
        return []
    code = happening.details.get("problem") or happening.details.get("code", "")
    why = error_text(str(code), happening.details)
    return [{"label": "", "value": why}] if why else []


def _silent(happening: Happening, *, is_told: bool) -> frozenset[str]:
    """Details that the line has said already."""
    said = {"office"} if happening.office else set()
    return (SILENT if is_told else SILENT - {"channel", "on"}) | said


def _text(happening: Happening) -> str:
    """The words of an audit entry; a task says its name."""
    text, step = audit_text(happening.event), happening.details.get("step")
    return f"{text}: {step}" if step else text


def decision(words: DetailWords, details: Mapping[str, Any]) -> list[Row]:
    """What tables proposed and why: the rules that matched in their own words, else the result; whose, if several."""
    tables = details.get("tables", ())
    rows = []
    for table in tables:
        reasons = [str(reason) for reason in table.get("why", ()) if reason]
        text = "\n".join(reasons) or _result(words, table)
        if title := table.get("title", "") if len(tables) > 1 else "":
            text = text or _("keine Regel trifft zu")
        rows.append({"label": title, "value": text})
    return [row for row in rows if row["value"]]


def _folded(rows: list[Row]) -> Row:
    """A few lines stand open; many, as of a dozen programmes, wait behind their number."""
    if len(rows) <= FEW:
        return {"facts": rows}
    text = "\n".join(f"{row['label']}: {row['value']}" if row["label"] else row["value"] for row in rows)
    return {"body": text, "body_label": ngettext("%(num)d Ergebnis", "%(num)d Ergebnisse", len(rows))}


def _result(words: DetailWords, table: Mapping[str, Any]) -> str:
    """The output of a table, codes of its columns in words."""
    output = table.get("output")
    entries = output if isinstance(output, list) else [output]
    return "\n".join(
        " · ".join(words.value("decision.evaluated", name, value) for name, value in entry.items())
        if isinstance(entry, Mapping)
        else shown(entry)
        for entry in entries
    )


def _mail(_words: DetailWords, happening: Happening, may_work: bool) -> Row:
    mail = happening.thing
    assert isinstance(mail, Mail)
    can_retry = may_work and mail.status == "failed"
    return {
        "text": _("E-Mail: %(subject)s", subject=mail.subject),
        "tone": {"failed": "danger", "waiting": "warning"}.get(mail.status, "info"),
        "badge": ("mail", mail.status),
        "office": _("an %(address)s", address=mail.to_address),
        "body": mail_format.shown(mail.text),
        "body_label": _("Text der E-Mail"),
        "facts": _failure(mail),
        "retry_url": url_for("mails.retry", mail_id=mail.id) if can_retry else None,
    }


def _failure(mail: Mail) -> list[Row]:
    if not mail.last_error:
        return []
    return [
        {"label": "", "value": mail_failure(mail.last_error)},
        {"label": _("Letzter Fehler"), "value": mail.last_error},
    ]


def _letter(_words: DetailWords, happening: Happening, _may_work: bool) -> Row:
    letter = happening.thing
    assert isinstance(letter, Letter)
    return {
        "text": _("Brief: %(subject)s", subject=letter.subject),
        "tone": "info",
        "office": _("an %(address)s", address=letter.addressee) if letter.addressee else "",
        "body": letter.text,
        "body_label": _("Text des Briefs"),
        "letter_url": url_for("cases.letter", case_id=letter.case_id, letter_id=letter.id),
    }


def _note(_words: DetailWords, happening: Happening, _may_work: bool) -> Row:
    note = happening.thing
    assert isinstance(note, CaseNote)
    text = _("Nachricht auf der Statusseite") if note.is_shared else _("Interne Notiz")
    reader = _("Sichtbar für: wer angefragt hat") if note.is_shared else _("Nur intern")
    return {"text": text, "tone": "info", "quote": note.text, "office": reader}


def _contact(words: DetailWords, happening: Happening, may_work: bool) -> Row:
    contact = happening.thing
    assert isinstance(contact, Contact)
    is_waiting = contact.follow_up_on is not None and contact.followed_up_at is None
    facts = [
        {"label": _("Aufgabe der Koordinierungsstelle"), "value": words.word("office_task", contact.office_task)},
        {"label": _("Wiedervorlage am"), "value": shown(contact.follow_up_on) if is_waiting else ""},
    ]
    kind = words.word("contact_kind", contact.kind)
    return {
        "text": f"{kind}: {contact.who}",
        "tone": "warning" if is_waiting else "info",
        "quote": contact.text,
        "facts": [fact for fact in facts if fact["value"]],
        "done_url": url_for("contacts.followed_up", contact_id=contact.id) if is_waiting and may_work else None,
    }


def _message(_words: DetailWords, happening: Happening, _may_work: bool) -> Row:
    message = happening.thing
    assert isinstance(message, ReferralMessage)
    return {"text": audit_text(happening.event), "tone": "info", "quote": message.text}


def _file(_words: DetailWords, happening: Happening, _may_work: bool) -> Row:
    file = happening.thing
    assert isinstance(file, File)
    return {
        "text": _("Datei: %(name)s", name=file.name),
        "tone": "info",
        "office": _("für den Verein sichtbar") if file.is_shared else _("nur intern"),
        "file_url": url_for("files.download", key=file.key),
    }


THINGS: Mapping[type, Callable[[DetailWords, Happening, bool], Row]] = {
    Mail: _mail,
    Letter: _letter,
    CaseNote: _note,
    Contact: _contact,
    ReferralMessage: _message,
    File: _file,
}
