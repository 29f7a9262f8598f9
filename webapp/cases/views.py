"""The cases: list, whole story of one, its letters, diagrams, notes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.cases import letters, listing, matching, shown
from webapp.forms import again, ticket, uploads
from webapp.forms.reading import is_redrawing, written
from webapp.forms.ticket import Ticket
from webapp.forms.view import FormView, Problems
from webapp.i18n import NAMES, language
from webapp.security import row_id
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import case_diagrams, enquiries, register
from workflows.actions import cases as files
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.forms import Field

cases = Blueprint("cases", __name__)

CHANNELS = ("phone", "mail", "visit", "paper")

Values = Mapping[str, Any]


@view(cases, "/cases", who=policy.CASE_READ)
def index(tx: Tx) -> ResponseReturnValue:
    """The cases that the address asks for."""
    return render_template("cases/list.html", **listing.page(tx))


@view(cases, "/cases/new", who=policy.CASE_WORK)
def new(tx: Tx) -> ResponseReturnValue:
    """The form for what came by telephone, visit, mail or paper."""
    return _recording(tx, None)


def _keep_uploads(tx: Tx) -> None:
    sent = ticket.read(tx, request.form.get(ticket.FIELD, ""))
    uploads.keep(tx, enquiries.place(sent.key) if sent else None, enquiries.form(tx, "de", channel=_channel()).form)


@view(cases, "/cases/new", who=policy.CASE_WORK, methods=("POST",), uploads=_keep_uploads)
def record(tx: Tx) -> ResponseReturnValue:
    """Open a case for somebody who asked in another way."""
    channel = _channel()
    values = uploads.sent_values(enquiries.form(tx, "de", channel=channel).form)
    if is_redrawing(request.form) or matching.TAKE in request.form:
        return _recording(tx, values, uploads.problems())
    drawn = _ticket(tx)
    sending = again.enquiry(tx, drawn.nonce, "intake", values)
    key = replace(drawn, nonce=sending.key).key
    try:
        case, _link = enquiries.submit(tx, values, _contact_language(), key, channel=channel)
        if organisation := row_id(request.form.get(matching.CHOSEN, "")):
            register.assign(tx, case.id, organisation)
    except Invalid as error:
        raise Refusal(_recording(tx, values, error.problems), 422) from error
    again.sent(tx, sending)
    flash(again.told(sending, _("Der Vorgang ist angelegt.")), "success")
    return redirect(url_for("cases.detail", case_id=case.id))


@view(cases, "/cases/new/fields", who=policy.CASE_WORK, methods=("POST",), uploads=_keep_uploads)
def new_fields(tx: Tx) -> ResponseReturnValue:
    """The fields drawn anew for what was typed so far; saves nothing."""
    values = uploads.sent_values(enquiries.form(tx, "de", channel=_channel()).form)
    return render_template("forms/fields.html", form=_form(tx, values, uploads.problems(), _ticket(tx)))


def _recording(tx: Tx, values: Values | None, problems: Problems | None = None) -> str:
    word = Words(tx, ("channel",))
    entry, values, its_language = matching.chosen(tx, values)
    return render_template(
        "cases/new.html",
        form=_form(tx, values, problems or {}, _ticket(tx)),
        entry=entry,
        address=request.form.get(matching.ADDRESS, ""),
        **(matching.NOTHING if entry or values is None else matching.typed_so_far(tx)),
        channel=_channel(),
        channels=[{"key": key, "name": word("channel", key)} for key in CHANNELS],
        contact_language=its_language if its_language in NAMES else _contact_language(),
        contact_languages=[{"key": code, "name": name} for code, name in NAMES.items()],
    )


def _form(tx: Tx, values: Values | None, problems: Problems, drawn: Ticket) -> FormView:
    opened = enquiries.form(tx, language(), values, drawn.key, channel=_channel())
    hidden = ticket.field(tx, drawn)
    # On the telephone people say first who they are.
    fields = sorted(opened.fields, key=lambda field: not _asks_who(field))
    return FormView(fields, problems, refresh_url=url_for("cases.new_fields"), hidden=hidden)


def _asks_who(field: Field) -> bool:
    return field.key == "organisation_name" or any(_asks_who(inner) for inner in field.fields)


def _ticket(tx: Tx) -> Ticket:
    """Of this drawing of the form: sent twice it is one case, and its uploads wait under it."""
    return ticket.read(tx, request.form.get(ticket.FIELD, "")) or ticket.fresh(tx)


def _channel() -> str:
    sent = request.form.get("_channel", "")
    return sent if sent in CHANNELS else CHANNELS[0]


def _contact_language() -> str:
    sent = request.form.get("_language", "")
    return sent if sent in NAMES else "de"


@view(cases, "/cases/<int:case_id>", who=policy.CASE_READ)
def detail(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Everything about one case."""
    return _detail(tx, case_id)


def _detail(tx: Tx, case_id: int, problems: Problems | None = None) -> str:
    """The page of a case; ``problems`` are those of a note that was refused and stands in its form again."""
    page = shown.page(tx, files.read(tx, case_id), request.args.get("show", ""))
    return render_template("cases/detail.html", **page, note=request.form, problems=problems or {})


@view(cases, "/cases/<int:case_id>/print", who=policy.CASE_READ)
def printed(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Everything about one case on a clean page, to be printed."""
    return render_template("cases/print.html", **shown.page(tx, files.read(tx, case_id)), printed_at=tx.now)


@view(cases, "/cases/<int:case_id>/letters/<int:letter_id>", who=policy.CASE_READ)
def letter(tx: Tx, case_id: int, letter_id: int) -> ResponseReturnValue:
    """One letter as it is printed; what the house adds to it is said in the letter's language."""
    case, found = files.letter(tx, case_id, letter_id)
    return render_template("cases/letter.html", **letters.page(case, found))


@view(cases, "/cases/<int:case_id>/notes", who=policy.CASE_WORK, methods=("POST",))
def add_note(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Keep a note, internal unless the form says that whoever asked may read it."""
    is_shared = request.form.get("audience") == "shared"
    text = written(request.form, "text")
    sending = again.sending(tx, request.form.get("unique_key", ""), f"note {case_id} {is_shared}", {"text": text})
    try:
        files.add_note(tx, case_id, text, is_shared=is_shared, unique_key=sending.key)
    except Invalid as error:
        raise Refusal(_detail(tx, case_id, error.problems), 422) from error
    again.sent(tx, sending)
    flash(again.told(sending, _("Die Notiz ist gespeichert.")), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


@view(cases, "/cases/<int:case_id>/diagrams/<int:instance_id>.bpmn", who=policy.CASE_READ)
def diagram(tx: Tx, case_id: int, instance_id: int) -> ResponseReturnValue:
    """The diagram of one process of the case."""
    xml, _marks = case_diagrams.diagram(tx, case_id, instance_id)
    answer = Response(xml, content_type="application/octet-stream")  # never shown as a page of ours
    answer.headers.set("Content-Disposition", "attachment", filename=f"{case_id}-{instance_id}.bpmn")
    return answer


@view(cases, "/cases/<int:case_id>/diagrams/<int:instance_id>.json", who=policy.CASE_READ)
def marks(tx: Tx, case_id: int, instance_id: int) -> ResponseReturnValue:
    """Where it stands in that diagram."""
    _xml, found = case_diagrams.diagram(tx, case_id, instance_id)
    return jsonify(current=found.current, visited=found.visited, incidents=found.incidents)
