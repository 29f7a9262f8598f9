"""The inbox: the list of tasks, what is done with several of them at once, and the filters somebody keeps."""

from functools import partial

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.access import Refusal, view
from webapp.inbox import address, shown_list
from webapp.inbox.reading import day_of
from webapp.security import row_id
from webapp.wording import error_text, problem_text
from workflows import policy
from workflows.actions import assigning, filters
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

inbox = Blueprint("inbox", __name__)


@view(inbox, "/inbox", who=policy.TASK_READ)
def tasks(tx: Tx) -> ResponseReturnValue:
    """What there is to do: mine, my groups', those of whom I stand in for, or all I may see."""
    wanted = address.read(request.args)
    address.remember(wanted)
    return render_template("inbox/tasks.html", **shown_list.page(tx, wanted))


@view(inbox, "/inbox/rows", who=policy.TASK_READ)
def rows(tx: Tx) -> ResponseReturnValue:
    """The same list for polling; an unchanged list costs 304, no drawing and no body."""
    found = shown_list.rows(tx, address.read(request.args))
    response = make_response("")
    response.set_etag(found["etag"])
    if request.if_none_match.contains(found["etag"]):
        response.status_code = 304
        return response
    response.set_data(
        render_template("inbox/rows.html", chosen=frozenset(), may_work=policy.may(tx.actor, policy.TASK_WORK), **found)
    )
    return response


@view(inbox, "/inbox/several", who=policy.TASK_WORK, methods=("POST",))
def several(tx: Tx) -> ResponseReturnValue:
    """Hand over or put off all ticked tasks; what cannot be read comes back with its ticks."""
    sent = request.form
    chosen = [number for text in sent.getlist("task") if (number := row_id(text)) is not None]
    try:
        if not chosen:
            raise Refusal(_again(tx, chosen, _("Bitte setzen Sie zuerst bei den Aufgaben ein Häkchen.")), 422)
        if sent.get("do") == "hand_over":
            user_id = row_id(sent.get("user_id", "")) or 0
            changed = assigning.several(tx, chosen, partial(assigning.hand_over, user_id=user_id))
            done = ngettext("%(num)d Aufgabe übergeben.", "%(num)d Aufgaben übergeben.", len(changed.done))
        else:
            changed = assigning.several(tx, chosen, partial(assigning.postpone, on=day_of(sent.get("on", ""))))
            done = ngettext("%(num)d Aufgabe zurückgestellt.", "%(num)d Aufgaben zurückgestellt.", len(changed.done))
    except Invalid as error:
        (problem,) = next(iter(error.problems.values()))
        raise Refusal(_again(tx, chosen, problem_text(problem)), 422) from error
    if changed.done:
        flash(done, "success")
    for refusal in changed.refused:
        flash(error_text(refusal.code, refusal.facts) or "", "warning")
    return redirect(address.url(address.read(request.args)))


def _again(tx: Tx, chosen: list[int], trouble: str) -> str:
    flash(trouble, "danger")
    return render_template("inbox/tasks.html", **shown_list.page(tx, address.read(request.args), chosen))


@view(inbox, "/inbox/filters", who=policy.TASK_READ, methods=("POST",))
def keep_filter(tx: Tx) -> ResponseReturnValue:
    """Keep the filter of the address under a name."""
    wanted = address.read(request.args)
    try:
        known = {each.name for each in filters.own(tx)}
        row = filters.keep(tx, request.form.get("name", ""), address.query(wanted))
    except Invalid as error:
        (problem,) = error.problems["name"]
        raise Refusal(_again(tx, [], problem_text(problem)), 422) from error
    if row.name in known:
        flash(_("Der Filter „%(name)s“ ist ersetzt. Was vorher unter dem Namen stand, ist weg.", name=row.name), "info")
    else:
        flash(_("Der Filter „%(name)s“ ist gemerkt.", name=row.name), "success")
    return redirect(address.url(wanted))


@view(inbox, "/inbox/filters/<int:filter_id>/forget", who=policy.TASK_READ, methods=("POST",))
def forget_filter(tx: Tx, filter_id: int) -> ResponseReturnValue:
    """Drop a kept filter."""
    filters.forget(tx, filter_id)
    flash(_("Der Filter ist gelöscht."), "success")
    return redirect(address.last())
