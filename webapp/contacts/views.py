"""The contact log: what was said with whom, in one click from everywhere, and what comes back today."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, own_address, view
from webapp.contacts import shown
from webapp.forms import again
from webapp.forms.reading import written
from webapp.forms.view import Problems
from webapp.security import row_id
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import contacts as talks
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

contacts = Blueprint("contacts", __name__)

TYPED = ("kind", "held_on", "who", "text", "office_task", "follow_up_on", "organisation_name")


@view(contacts, "/contacts", who=policy.CONTACT_READ)
def index(tx: Tx) -> ResponseReturnValue:
    """What comes back today, and the contacts the address asks for, the newest first."""
    sent = request.args
    wanted = talks.Filter(
        kind=sent.get("kind", "")[:20],
        office_task=sent.get("office_task", "")[:60],
        organisation_id=row_id(sent.get("organisation", "")),
        since=_day(sent.get("since", "")),
        until=_day(sent.get("until", "")),
        before=row_id(sent.get("before", "")),
    )
    return render_template("contacts/list.html", **shown.list_page(tx, wanted))


@view(contacts, "/contacts/new", who=policy.CONTACT_WORK)
def new(tx: Tx) -> ResponseReturnValue:
    """One short form; the address may name the case or the association it is about, and where to go back to."""
    return _form(tx)


@view(contacts, "/contacts/new", who=policy.CONTACT_WORK, methods=("POST",))
def log(tx: Tx) -> ResponseReturnValue:
    """Keep the contact and go back."""
    case_id, organisation_id = _about()
    typed = {name: written(request.form, name) for name in TYPED}
    about = f"contact {case_id} {organisation_id}"
    sending = again.sending(tx, request.form.get("unique_key", ""), about, typed)
    try:
        talks.log(tx, {**typed, "unique_key": sending.key}, case_id=case_id, organisation_id=organisation_id)
    except Invalid as error:
        raise Refusal(_form(tx, error.problems), 422) from error
    again.sent(tx, sending)
    flash(again.told(sending, _("Der Kontakt ist festgehalten.")), "success")
    here = url_for("cases.detail", case_id=case_id) if case_id else url_for("contacts.index")
    return redirect(own_address(request.form.get("next"), here))


@view(contacts, "/contacts/<int:contact_id>/followed-up", who=policy.CONTACT_WORK, methods=("POST",))
def followed_up(tx: Tx, contact_id: int) -> ResponseReturnValue:
    """The follow-up is seen to."""
    talks.follow_up(tx, contact_id)
    flash(_("Die Wiedervorlage ist erledigt."), "success")
    return redirect(own_address(request.form.get("next"), url_for("contacts.index")))


def _form(tx: Tx, problems: Problems | None = None) -> str:
    case_id, organisation_id = _about()
    word = Words(tx, shown.LISTS)
    values: dict[str, Any] = {"held_on": talks.today(tx).isoformat(), "kind": "phone", **request.form.to_dict()}
    return render_template(
        "contacts/new.html",
        sheet={"typed": values, "problems": problems or {}},
        about=shown.about(tx, case_id, organisation_id),
        organisations=[] if case_id or organisation_id else talks.organisation_names(tx),
        kinds=word.options("contact_kind"),
        office_tasks=word.options("office_task"),
        next=request.values.get("next", "")[:500],
    )


def _about() -> tuple[int | None, int | None]:
    """Which case and which association the contact is about, if the address or the form says so."""
    return row_id(request.values.get("case", "")), row_id(request.values.get("organisation", ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
