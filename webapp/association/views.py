"""Meine Organisation: ask for a link, open it, look, confirm, propose, publish, leave."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp import visitors
from webapp.access import PUBLIC, Refusal, view
from webapp.association import shown
from webapp.forms.reading import raw_values, written
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from webapp.security import row_id
from workflows.actions import association as own
from workflows.actions import house_forms
from workflows.actions.association import Door
from workflows.core import links, throttle
from workflows.core.errors import Invalid, NotFound, Throttled
from workflows.core.tx import Tx

association = Blueprint("association", __name__)

SESSION = "organisation"
ASKS_PER_CLIENT, ASKS_PER_ADDRESS, ASKS_TOGETHER = 20, 3, 200  # an hour

Values = Mapping[str, Any]


@view(association, "/meine-organisation", who=PUBLIC)
def home(tx: Tx) -> ResponseReturnValue:
    """The own entry, or the question for the address a link goes to."""
    door = _door(tx)
    if door is None:
        return render_template("association/ask.html")
    return render_template("association/home.html", **shown.page(tx, own.page(door)))


@view(association, "/meine-organisation", who=PUBLIC, methods=("POST",))
def ask(tx: Tx) -> ResponseReturnValue:
    """Send a link if the address is registered; the answer is the same for every address."""
    email = request.form.get("email", "").strip()[:254]
    throttle.hit(tx, f"organisation-link:{visitors.line()}", ASKS_PER_CLIENT, 3600)
    try:
        throttle.hit(tx, f"organisation-link:{email.casefold()}", ASKS_PER_ADDRESS, 3600)
    except Throttled:
        # Saying so would tell strangers that somebody asked for this address.
        return redirect(url_for("association.sent"))
    throttle.hit_together(tx, "organisation_link", ASKS_TOGETHER, 3600)
    own.ask_for_link(tx, email)
    return redirect(url_for("association.sent"))


@view(association, "/meine-organisation/unterwegs", who=PUBLIC)
def sent(tx: Tx) -> ResponseReturnValue:
    """What happens now, whoever asked."""
    return render_template("association/sent.html")


@view(association, "/o/<token>", who=PUBLIC)
def neutral(tx: Tx, token: str) -> ResponseReturnValue:
    """Nothing personal, changes nothing: mail scanners follow links."""
    own.find(tx, token)
    return render_template("association/neutral.html", token=token)


@view(association, "/o/<token>", who=PUBLIC, methods=("POST",))
def enter(tx: Tx, token: str) -> ResponseReturnValue:
    """A person opens the link: from now on the cookie names it, and the address is clean."""
    session[SESSION] = [own.find(tx, token), int(tx.now.timestamp())]
    return redirect(url_for("association.home"))


@view(association, "/meine-organisation/ende", who=PUBLIC, methods=("POST",))
def end(tx: Tx) -> ResponseReturnValue:
    """Close the entry in this browser."""
    session.pop(SESSION, None)
    flash(_("Ihr Eintrag ist geschlossen."), "success")
    return redirect(url_for("association.home"))


@view(association, "/meine-organisation/aendern", who=PUBLIC)
def edit(tx: Tx) -> ResponseReturnValue:
    """The form with what we know."""
    door = _door(tx)
    return redirect(url_for("association.home")) if door is None else _form(door, None)


@view(association, "/meine-organisation/aendern", who=PUBLIC, methods=("POST",))
def propose(tx: Tx) -> ResponseReturnValue:
    """Keep what is to be corrected until the coordination has said yes."""
    door = _opened(tx)
    values = raw_values(house_forms.form(own.FORM), request.form)
    try:
        proposed = own.propose(door, values, written(request.form, "note"))
    except Invalid as error:
        raise Refusal(_form(door, values, error.problems), 422) from error
    if proposed is None:
        flash(_("Es hat sich nichts geändert."), "info")
    else:
        flash(_("Danke. Wir sehen uns Ihre Änderungen an und übernehmen sie dann."), "success")
    return redirect(url_for("association.home"))


@view(association, "/meine-organisation/stimmt", who=PUBLIC, methods=("POST",))
def confirm(tx: Tx) -> ResponseReturnValue:
    """Everything is still right."""
    own.confirm(_opened(tx))
    flash(_("Danke. Ihr Eintrag gilt als heute geprüft."), "success")
    return redirect(url_for("association.home"))


@view(association, "/meine-organisation/verzeichnis", who=PUBLIC, methods=("POST",))
def publish(tx: Tx) -> ResponseReturnValue:
    """Agree to be listed, with what; or leave the directory."""
    listed = request.form.get("answer") == "list"
    own.publish(_opened(tx), request.form.getlist("fields") if listed else None)
    flash(
        _("Ihre Organisation steht im Verzeichnis.") if listed else _("Ihre Organisation steht nicht im Verzeichnis."),
        "success",
    )
    return redirect(url_for("association.home"))


@view(association, "/meine-organisation/personen", who=PUBLIC)
def leave_ask(tx: Tx) -> ResponseReturnValue:
    """Really? And what happens then."""
    door = _door(tx)
    if door is None or "person" not in request.args:
        return redirect(url_for("association.home"))
    found = own.leaving(door, row_id(request.args["person"]) or 0)
    return render_template("association/leave.html", found=found, person=found.person)


@view(association, "/meine-organisation/personen", who=PUBLIC, methods=("POST",))
def leave(tx: Tx) -> ResponseReturnValue:
    """Somebody is no longer part of it; access ends at once."""
    if own.leaves(_opened(tx), row_id(request.form.get("person", "")) or 0):
        session.pop(SESSION, None)
    flash(_("Die Person ist ausgetragen. Ihr Zugang ist beendet."), "success")
    return redirect(url_for("association.home"))


@view(association, "/meine-organisation/vorgang/<int:case_id>", who=PUBLIC, methods=("POST",))
def case(tx: Tx, case_id: int) -> ResponseReturnValue:
    """The status page of one of its cases."""
    link = own.status_link(_opened(tx), case_id)
    return redirect(url_for("public.status", token=links.token(link, tx.settings)))


def _form(door: Door, values: Values | None, problems: Problems | None = None) -> str:
    fields = own.form(door, language(), values)
    return render_template(
        "association/edit.html",
        form=FormView(fields, problems or {}),
        name=door.organisation.name,
        note=written(request.form, "note"),
        longest=own.LONGEST_NOTE,
    )


def _opened(tx: Tx) -> Door:
    door = _door(tx)
    if door is None:
        raise NotFound("link_gone")
    return door


def _door(tx: Tx) -> Door | None:
    """Whose entry this browser has open; None once the link, the session or the membership has ended."""
    kept = session.get(SESSION)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    try:
        return own.enter(tx, kept[0], datetime.fromtimestamp(kept[1], UTC))
    except NotFound:
        return None
