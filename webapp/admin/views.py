"""Accounts: invite, give roles and groups, disable. Groups are data, too."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.wording import code_word, error_text
from workflows import policy
from workflows.actions import operation
from workflows.actions import users as accounts
from workflows.actions.users import Typed
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx
from workflows.domain.people import ROLES

admin = Blueprint("admin", __name__, url_prefix="/admin")

USER = "/users/<int:user_id>"


@view(admin, "/users", who=policy.USER_EDIT)
def users(tx: Tx) -> ResponseReturnValue:
    """Everybody with an account."""
    words = request.args.get("q", "").strip()[:200]
    found = accounts.find(tx, words)
    return render_template("admin/users.html", accounts=found, q=words, operation=operation.look(tx))


@view(admin, "/users/new", who=policy.USER_EDIT)
def new_user(tx: Tx) -> ResponseReturnValue:
    """The form of an invitation."""
    return _form(tx, Typed(), {})


@view(admin, "/users/new", who=policy.USER_EDIT, methods=("POST",))
def invite(tx: Tx) -> ResponseReturnValue:
    """Make the account and mail the invitation."""
    typed = _typed()
    try:
        user = accounts.create(tx, typed)
    except Invalid as error:
        raise Refusal(_form(tx, typed, error.problems), 422) from error
    except Conflict as error:
        flash(error_text(error.code, error.facts) or "", "danger")
        raise Refusal(_form(tx, typed, {}), 409) from error
    flash(_("Das Konto ist angelegt. Die Einladung ist an %(email)s unterwegs.", email=user.email), "success")
    return redirect(url_for("admin.users"))


@view(admin, USER, who=policy.USER_EDIT)
def user(tx: Tx, user_id: int) -> ResponseReturnValue:
    """One account."""
    return _account(tx, user_id, None, {})


@view(admin, USER, who=policy.USER_EDIT, methods=("POST",))
def change_user(tx: Tx, user_id: int) -> ResponseReturnValue:
    """Keep name, language, roles and groups."""
    typed = _typed()
    try:
        accounts.change(tx, user_id, typed)
    except Invalid as error:
        raise Refusal(_account(tx, user_id, typed, error.problems), 422) from error
    flash(_("Das Konto ist gespeichert."), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@view(admin, f"{USER}/disable", who=policy.USER_EDIT, methods=("POST",))
def disable_user(tx: Tx, user_id: int) -> ResponseReturnValue:
    """Shut somebody out at once."""
    accounts.set_active(tx, user_id, is_active=False)
    flash(_("Das Konto ist gesperrt. Alle Anmeldungen sind beendet."), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@view(admin, f"{USER}/enable", who=policy.USER_EDIT, methods=("POST",))
def enable_user(tx: Tx, user_id: int) -> ResponseReturnValue:
    """Let somebody in again."""
    accounts.set_active(tx, user_id, is_active=True)
    flash(_("Das Konto ist wieder freigegeben."), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@view(admin, f"{USER}/invite", who=policy.USER_EDIT, methods=("POST",))
def invite_again(tx: Tx, user_id: int) -> ResponseReturnValue:
    """Send the link to set a password once more; the one before ends."""
    accounts.invite_again(tx, user_id)
    flash(_("Die Einladung ist unterwegs. Frühere Links gelten nicht mehr."), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@view(admin, "/groups", who=policy.USER_EDIT)
def groups(tx: Tx) -> ResponseReturnValue:
    """Who shares tasks."""
    return _groups(tx, {})


@view(admin, "/groups", who=policy.USER_EDIT, methods=("POST",))
def add_group(tx: Tx) -> ResponseReturnValue:
    """A new group."""
    try:
        accounts.add_group(tx, request.form.get("key", ""), request.form.get("name", ""))
    except Invalid as error:
        raise Refusal(_groups(tx, error.problems), 422) from error
    except Conflict as error:
        flash(error_text(error.code, error.facts) or "", "danger")
        raise Refusal(_groups(tx, {}), 409) from error
    flash(_("Die Gruppe ist angelegt."), "success")
    return redirect(url_for("admin.groups"))


@view(admin, "/groups/rename", who=policy.USER_EDIT, methods=("POST",))
def rename_group(tx: Tx) -> ResponseReturnValue:
    """Another name for a group."""
    accounts.rename_group(tx, request.form.get("key", ""), request.form.get("name", ""))
    flash(_("Der Name der Gruppe ist gespeichert."), "success")
    return redirect(url_for("admin.groups"))


def _typed() -> Typed:
    sent = request.form
    return Typed(
        email=sent.get("email", "").strip()[:254],
        name=sent.get("name", "").strip(),
        language=sent.get("language", "de"),
        roles=tuple(sent.getlist("roles")),
        groups=tuple(sent.getlist("groups")),
    )


def _form(tx: Tx, typed: Typed, problems: Problems) -> str:
    return render_template("admin/user_new.html", typed=typed, problems=problems, **_choices(tx))


def _account(tx: Tx, user_id: int, typed: Typed | None, problems: Problems) -> str:
    found = accounts.read(tx, user_id)
    kept = Typed(found.user.email, found.user.name, found.user.language, found.roles, found.groups)
    variables = {"account": found, "typed": typed or kept, "is_me": user_id == tx.actor.user_id}
    return render_template("admin/user.html", problems=problems, **variables, **_choices(tx))


def _groups(tx: Tx, problems: Problems) -> str:
    sent = request.form
    rows = accounts.all_groups(tx)
    return render_template(
        "admin/groups.html", groups=rows, key=sent.get("key", ""), name=sent.get("name", ""), problems=problems
    )


def _choices(tx: Tx) -> dict[str, Any]:
    return {
        "all_roles": [{"key": role, "name": code_word("role", role)} for role in ROLES],
        "all_groups": [{"key": group.key, "name": group.name} for group in accounts.all_groups(tx)],
        "all_languages": [{"key": "de", "name": "Deutsch"}, {"key": "en", "name": "English"}],
    }
