"""Code lists: what may be chosen in forms, with its words in every language."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import NAMES, direction, tag
from webapp.wording.code_uses import code_use
from webapp.wording.list_names import list_name
from webapp.workshop.forms import LANGUAGES
from workflows import policy
from workflows.actions import code_lists as kept
from workflows.core.errors import Invalid, NotFound
from workflows.core.tx import Tx

workshop_codes = Blueprint("workshop_codes", __name__, url_prefix="/workshop/codes")

LIST = "/<code_list>"
ENTRY = f"{LIST}/<code>"


@view(workshop_codes, "", who=policy.CODE_EDIT)
def index(tx: Tx) -> ResponseReturnValue:
    """Every list."""
    lists = sorted(kept.listed(tx, LANGUAGES), key=lambda each: list_name(each.name).casefold())
    return render_template("codes/index.html", lists=lists, language_name=NAMES.get)


@view(workshop_codes, LIST, who=policy.CODE_EDIT)
def entries(tx: Tx, code_list: str) -> ResponseReturnValue:
    """The entries of a list in their order."""
    return _list(tx, code_list, {})


@view(workshop_codes, LIST, who=policy.CODE_EDIT, methods=("POST",))
def add(tx: Tx, code_list: str) -> ResponseReturnValue:
    """One more entry."""
    try:
        entry = kept.add(tx, code_list, request.form.get("label", ""))
    except Invalid as error:
        raise Refusal(_list(tx, code_list, error.problems), 422) from error
    flash(_("Der Eintrag ist angelegt und kann gleich ausgewählt werden. Bitte ergänzen Sie die Sprachen."), "success")
    return redirect(url_for("workshop_codes.entry", code_list=code_list, code=entry.key))


@view(workshop_codes, ENTRY, who=policy.CODE_EDIT)
def entry(tx: Tx, code_list: str, code: str) -> ResponseReturnValue:
    """One entry with its words."""
    return _entry(tx, code_list, code, {})


@view(workshop_codes, ENTRY, who=policy.CODE_EDIT, methods=("POST",))
def save(tx: Tx, code_list: str, code: str) -> ResponseReturnValue:
    """Keep the words of an entry."""
    typed = {language: request.form[language] for language in LANGUAGES if language in request.form}
    try:
        kept.rename(tx, code_list, code, request.form.get("label", ""), typed)
    except Invalid as error:
        raise Refusal(_entry(tx, code_list, code, error.problems), 422) from error
    flash(_("Gespeichert. Die neuen Worte stehen sofort in allen Formularen."), "success")
    return redirect(url_for("workshop_codes.entries", code_list=code_list))


@view(workshop_codes, f"{ENTRY}/arrange", who=policy.CODE_EDIT, methods=("POST",))
def arrange(tx: Tx, code_list: str, code: str) -> ResponseReturnValue:
    """Move an entry, retire it or offer it again."""
    what = request.form.get("do", "")
    if what in {"up", "down"}:
        kept.move(tx, code_list, code, -1 if what == "up" else 1)
    elif what in {"retire", "restore"}:
        kept.set_active(tx, code_list, code, is_active=what == "restore")
    elif what:
        raise NotFound("not_found", kind="entry")
    return redirect(url_for("workshop_codes.entries", code_list=code_list, _anchor=f"entry-{code}"))


def _list(tx: Tx, code_list: str, problems: Problems) -> str:
    rows = kept.entries(tx, code_list)
    lacking = {row.key: [NAMES[spoken] for spoken in LANGUAGES if not row.translations.get(spoken)] for row in rows}
    return render_template(
        "codes/list.html",
        name=code_list,
        entries=rows,
        lacking=lacking,
        needed={key: code_use(why) for key, why in kept.needed(code_list, rows).items()},
        label=request.form.get("label", ""),
        problems=problems,
    )


def _entry(tx: Tx, code_list: str, code: str, problems: Problems) -> str:
    found = kept.entry(tx, code_list, code)
    words = [
        {
            "code": spoken,
            "name": NAMES[spoken],
            "tag": tag(spoken),
            "dir": direction(spoken),
            "text": request.form.get(spoken, found.translations.get(spoken, "")),
        }
        for spoken in LANGUAGES
    ]
    return render_template(
        "codes/entry.html",
        name=code_list,
        entry=found,
        needed=code_use(kept.needed(code_list, [found]).get(code, "")),
        label=request.form.get("label", found.label),
        words=words,
        problems=problems,
    )
