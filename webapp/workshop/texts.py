"""The text editor: mails and letters, German and another language side by side, as they will be read."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import NAMES, direction, tag
from webapp.security import row_id
from webapp.wording import problem_text
from webapp.workshop import overtaken
from webapp.workshop.forms import LANGUAGES, around
from workflows import policy
from workflows.actions import workshop_texts as kept
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.tx import Tx
from workflows.engine.drafts import Stored

workshop_texts = Blueprint("workshop_texts", __name__, url_prefix="/workshop/drafts/<int:draft_id>/texts")

TEXT = "/<text>"


@view(workshop_texts, "", who=policy.BUNDLE_EDIT)
def index(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Every text of the draft."""
    return _index(tx, draft_id, {})


@view(workshop_texts, "", who=policy.BUNDLE_EDIT, methods=("POST",))
def create(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """A new text."""
    try:
        name = kept.create(tx, draft_id, request.form.get("title", "")[:200])
    except Invalid as error:
        raise Refusal(_index(tx, draft_id, error.problems), 422) from error
    flash(
        _("Der Text ist angelegt. Wählen Sie ihn im Diagramm bei einem Schritt aus, der Mails verschickt."), "success"
    )
    return redirect(url_for("workshop_texts.show", draft_id=draft_id, text=name))


@view(workshop_texts, TEXT, who=policy.BUNDLE_EDIT)
def show(tx: Tx, draft_id: int, text: str) -> ResponseReturnValue:
    """One text, German beside another language."""
    return _text(tx, draft_id, text, None, {})


@view(workshop_texts, TEXT, who=policy.BUNDLE_EDIT, methods=("POST",))
def save(tx: Tx, draft_id: int, text: str) -> ResponseReturnValue:
    """Keep both versions, or only show how they would read; a script gets the revisions and the mails anew."""
    typed = {
        language: request.form[f"t.{language}"].replace("\r\n", "\n").strip()[:200_000]
        for language in ("de", _beside())
        if f"t.{language}" in request.form
    }
    if request.form.get("do") == "preview":
        return _text(tx, draft_id, text, typed, {})
    read = {
        language: revision
        for language in typed
        if (revision := row_id(request.form.get(f"revision.{language}", ""))) is not None
    }
    is_script = "X-Fragment" in request.headers
    try:
        with overtaken.shown_again(
            lambda moved: jsonify() if is_script else _text(tx, draft_id, text, typed, {}, moved)
        ):
            kept.keep(tx, draft_id, text, typed, read)
    except Invalid as error:
        if is_script:
            raise Refusal(_spoken(tx, draft_id, text, typed, error.problems), 422) from error
        raise Refusal(_text(tx, draft_id, text, typed, error.problems), 422) from error
    if is_script:
        return _spoken(tx, draft_id, text, typed, {})
    flash(_("Gespeichert."), "success")
    return redirect(url_for("workshop_texts.show", draft_id=draft_id, text=text, beside=_beside()))


def _beside() -> str:
    """The language that stands beside the German text."""
    language = request.args.get("beside", LANGUAGES[0])
    if language not in LANGUAGES:
        raise NotFound("not_found", kind="language")
    return language


def _index(tx: Tx, draft_id: int, problems: Problems) -> str:
    return render_template(
        "workshop_texts/index.html",
        **around(tx, draft_id),
        texts=kept.listed(tx, draft_id),
        wanted=LANGUAGES,
        title=request.form.get("title", ""),
        problems=problems,
    )


def _text(
    tx: Tx,
    draft_id: int,
    name: str,
    typed: dict[str, str] | None,
    problems: Problems,
    moved: Conflict | None = None,
) -> str:
    found = kept.versions(tx, draft_id, name)
    sides = _sides(tx, found, typed or {})
    return render_template(
        "workshop_texts/text.html",
        **around(tx, draft_id),
        name=name,
        sides=sides,
        language_choices=[_choice(code, code in found) for code in LANGUAGES],
        beside=_beside(),
        placeholders=kept.placeholders(tx, *(side["text"] for side in sides)),
        unlike=_unlike(sides),
        problems=problems,
        moved=moved,
    )


def _spoken(tx: Tx, draft_id: int, name: str, typed: dict[str, str], problems: Problems) -> Response:
    """For the page's script: the revisions to go on from, what is wrong, and the mails as they read now."""
    sides = _sides(tx, kept.versions(tx, draft_id, name), typed)
    return jsonify(
        revisions={side["code"]: side["revision"] for side in sides},
        problems=[f"{NAMES[code]}: {problem_text(wrong[0])}" for code, wrong in problems.items()],
        mails=render_template("workshop_texts/mails.html", sides=sides),
    )


def _sides(tx: Tx, found: Mapping[str, Stored], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """German and the language beside it, with what was typed, and how each reads."""
    sides: list[dict[str, Any]] = []
    for language in ("de", _beside()):
        stored = found.get(language)
        written = typed.get(language, kept.words(stored))
        sides.append(
            {
                "code": language,
                "name": NAMES[language],
                "tag": tag(language),
                "dir": direction(language),
                "text": written,
                "revision": "" if stored is None else stored.revision,
                "is_missing": stored is None,
                "seen": kept.seen(tx, written, language) if written else None,
                "placeholders": kept.placeholders(tx, written),
            }
        )
    return sides


def _unlike(sides: list[dict[str, Any]]) -> list[str]:
    """The placeholders that stand in one of the two texts only."""
    german, other = ({each.name for each in side["placeholders"]} for side in sides)
    return sorted(german ^ other) if sides[1]["text"] else []


def _choice(code: str, is_there: bool) -> dict[str, str]:
    return {"key": code, "name": NAMES[code] if is_there else _("%(language)s – fehlt", language=NAMES[code])}
