"""German texts of a draft and their translations side by side, the missing ones marked."""

import hashlib
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.access import view
from webapp.i18n import direction, tag
from webapp.workshop import overtaken
from webapp.workshop.forms import LANGUAGES, around
from workflows import policy
from workflows.actions import workshop as drafts
from workflows.actions import workshop_words as kept
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx

workshop_translations = Blueprint(
    "workshop_translations", __name__, url_prefix="/workshop/drafts/<int:draft_id>/translations"
)


@view(workshop_translations, "", who=policy.BUNDLE_EDIT)
def index(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """How far every language is."""
    words = kept.words_of(drafts.files(tx, draft_id))
    texts = [text for part in kept.sources(kept.content(tx, draft_id)).values() for text in part]
    coverage = kept.coverage(words, texts, LANGUAGES)
    return render_template("workshop_forms/languages.html", **around(tx, draft_id), coverage=coverage)


@view(workshop_translations, "/<language>", who=policy.BUNDLE_EDIT)
def table(tx: Tx, draft_id: int, language: str) -> ResponseReturnValue:
    """Every text, or those of one form, beside its translation."""
    return _table(tx, draft_id, language, None)


@view(workshop_translations, "/<language>", who=policy.BUNDLE_EDIT, methods=("POST",))
def save(tx: Tx, draft_id: int, language: str) -> ResponseReturnValue:
    """Keep the translations of this page."""
    texts = [text for _name, part in _parts(tx, draft_id, language) for text in part]
    typed = {
        text: (
            request.form.get(f"t-{mark(text)}", "").replace("\r\n", "\n")[:20_000],
            f"r-{mark(text)}" in request.form,
        )
        for text in texts
        if f"t-{mark(text)}" in request.form
    }
    with overtaken.shown_again(lambda moved: _table(tx, draft_id, language, moved)):
        changes = kept.keep(tx, draft_id, language, typed, overtaken.read_from(None))
    flash(ngettext("%(num)d Übersetzung gespeichert.", "%(num)d Übersetzungen gespeichert.", changes), "success")
    form_id = request.args.get("form")
    return redirect(url_for("workshop_translations.table", draft_id=draft_id, language=language, form=form_id))


def mark(text: str) -> str:
    """What names the input of a German text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _parts(tx: Tx, draft_id: int, language: str) -> list[tuple[str, list[str]]]:
    """The texts by form, a text that stands in several only once; raises ``NotFound`` for an unknown language."""
    if language not in LANGUAGES:
        raise NotFound("not_found", kind="language")
    wanted = request.args.get("form")
    seen: set[str] = set()
    parts = []
    for name, texts in kept.sources(kept.content(tx, draft_id)).items():
        if wanted is None or wanted == name:
            parts.append((name, [text for text in texts if text not in seen]))
            seen.update(texts)
    return [(name, texts) for name, texts in parts if texts]


def _table(tx: Tx, draft_id: int, language: str, moved: Conflict | None) -> str:
    files = drafts.files(tx, draft_id)
    words = kept.words_of(files)
    stored = files.get(kept.path_of(language))
    parts: list[dict[str, Any]] = []
    for name, texts in _parts(tx, draft_id, language):
        rows = [_row(words, text, language) for text in texts]
        if "missing" in request.args:
            rows = [row for row in rows if not row["text"] or not row["reviewed"]]
        parts.append({"name": name or _("Schritte"), "rows": rows})
    return render_template(
        "workshop_forms/translations.html",
        **around(tx, draft_id),
        language_code=language,
        written=tag(language),
        reads=direction(language),
        parts=[part for part in parts if part["rows"]],
        form_id=request.args.get("form"),
        revision="" if stored is None else stored.revision,
        moved=moved,
    )


def _row(words: kept.DraftWords, text: str, language: str) -> dict[str, Any]:
    found = words.word(text, language) or {}
    name = mark(text)
    return {
        "name": name,
        "german": text,
        "text": request.form.get(f"t-{name}", found.get("text", "")),
        "reviewed": f"r-{name}" in request.form if request.form else found.get("reviewed") is True,
    }
