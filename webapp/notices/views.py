"""Everybody with tasks chooses how to hear of them: at once, or in one mail a day."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import view
from workflows import policy
from workflows.actions import notices as chosen
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx

notices = Blueprint("notices", __name__)

WHEN = ("immediate", "digest")


@view(notices, "/notices", who=policy.TASK_READ)
def choice(tx: Tx) -> ResponseReturnValue:
    """What is chosen now."""
    found = chosen.choice(tx)
    words = {"immediate": _("Sofort, bei jeder neuen Aufgabe"), "digest": _("Einmal am Tag, an Arbeitstagen um 7 Uhr")}
    return render_template(
        "notices/choice.html",
        options=[{"key": key, "name": words[key]} for key in WHEN],
        chosen="immediate" if found.is_immediate else "digest",
        address=found.address,
    )


@view(notices, "/notices", who=policy.TASK_READ, methods=("POST",), endpoint="choose")
def choose(tx: Tx) -> ResponseReturnValue:
    """Choose anew."""
    when = request.form.get("when", "")
    if when not in WHEN:
        raise Invalid({"when": (Problem("not_an_option"),)})
    chosen.choose(tx, is_immediate=when == "immediate")
    flash(_("Gespeichert."), "success")
    return redirect(url_for("notices.choice"))
