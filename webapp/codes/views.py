"""Code lists: what may be chosen in forms, with its words in every language."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import NAMES, direction, tag
from webapp.workshop.forms import LANGUAGES
from workflows import policy
from workflows.actions import code_lists as kept
from workflows.core.errors import Invalid, NotFound
from workflows.core.tx import Tx

workshop_codes = Blueprint("workshop_codes", __name__, url_prefix="/workshop/codes")

LIST = "/<name>"
ENTRY = f"{LIST}/<key>"


@view(workshop_codes, "", who=policy.CODE_EDIT)
def index(tx: Tx) -> ResponseReturnValue:
    """Every list."""
    return render_template("codes/index.html", lists=kept.listed(tx, LANGUAGES), language_name=NAMES.get)


@view(workshop_codes, LIST, who=policy.CODE_EDIT)
def entries(tx: Tx, name: str) -> ResponseReturnValue:
    """The entries of a list in their order."""
    return _list(tx, name, {})


@view(workshop_codes, LIST, who=policy.CODE_EDIT, methods=("POST",))
def add(tx: Tx, name: str) -> ResponseReturnValue:
    """One more entry."""
    try:
        entry = kept.add(tx, name, request.form.get("label", ""))
    except Invalid as error:
        raise Refusal(_list(tx, name, error.problems), 422) from error
    flash(_("Der Eintrag ist angelegt und kann gleich ausgewählt werden. Bitte ergänzen Sie die Sprachen."), "success")
    return redirect(url_for("workshop_codes.entry", name=name, key=entry.key))


@view(workshop_codes, ENTRY, who=policy.CODE_EDIT)
def entry(tx: Tx, name: str, key: str) -> ResponseReturnValue:
    """One entry with its words."""
    return _entry(tx, name, key, {})


@view(workshop_codes, ENTRY, who=policy.CODE_EDIT, methods=("POST",))
def save(tx: Tx, name: str, key: str) -> ResponseReturnValue:
    """Keep the words of an entry."""
    typed = {language: request.form[language] for language in LANGUAGES if language in request.form}
    try:
        kept.rename(tx, name, key, request.form.get("label", ""), typed)
    except Invalid as error:
        raise Refusal(_entry(tx, name, key, error.problems), 422) from error
    flash(_("Gespeichert. Die neuen Worte stehen sofort in allen Formularen."), "success")
    return redirect(url_for("workshop_codes.entries", name=name))


@view(workshop_codes, f"{ENTRY}/arrange", who=policy.CODE_EDIT, methods=("POST",))
def arrange(tx: Tx, name: str, key: str) -> ResponseReturnValue:
    """Move an entry, retire it or offer it again."""
    what = request.form.get("do", "")
    if what in {"up", "down"}:
        kept.move(tx, name, key, -1 if what == "up" else 1)
    elif what in {"retire", "restore"}:
        kept.set_active(tx, name, key, is_active=what == "restore")
    elif what:
        raise NotFound("not_found", kind="entry")
    return redirect(url_for("workshop_codes.entries", name=name, _anchor=f"entry-{key}"))


def _list(tx: Tx, name: str, problems: Problems) -> str:
    rows = kept.entries(tx, name)
    lacking = {row.key: [NAMES[code] for code in LANGUAGES if not row.translations.get(code)] for row in rows}
    return render_template(
        "codes/list.html",
        name=name,
        entries=rows,
        lacking=lacking,
        label=request.form.get("label", ""),
        problems=problems,
    )


def _entry(tx: Tx, name: str, key: str, problems: Problems) -> str:
    found = kept.entry(tx, name, key)
    words = [
        {
            "code": code,
            "name": NAMES[code],
            "tag": tag(code),
            "dir": direction(code),
            "text": request.form.get(code, found.translations.get(code, "")),
        }
        for code in LANGUAGES
    ]
    return render_template(
        "codes/entry.html",
        name=name,
        entry=found,
        label=request.form.get("label", found.label),
        words=words,
        problems=problems,
    )
