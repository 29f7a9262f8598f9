"""The table editor with the mouse: a page with the drawing tool's table, and what it asks for while somebody types."""

import secrets
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import view
from webapp.i18n import language
from webapp.security import styled_policy
from webapp.workshop import editor_words, grid_words, table_words
from webapp.workshop.forms import around
from webapp.workshop.tables import TABLE
from workflows import policy
from workflows.actions import workshop as drafts
from workflows.actions import workshop_tables as kept
from workflows.actions.workshop_tables import Held
from workflows.core.tx import Tx

workshop_grid = Blueprint("workshop_grid", __name__, url_prefix="/workshop/drafts/<int:draft_id>/tables")


@view(workshop_grid, f"{TABLE}/grid", who=policy.BUNDLE_EDIT)
def edit(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """One table in the drawing tool."""
    held = kept.read(tx, draft_id, decision)
    if drafts.draft(tx, draft_id).status != "open":
        return redirect(url_for("workshop_tables.table", draft_id=draft_id, decision=decision))
    nonce = secrets.token_urlsafe(16)
    page = render_template(
        "workshop_tables/grid.html",
        **around(tx, draft_id),
        sheet=held.sheet,
        nonce=nonce,
        asked=kept.asked(held),
        data=_data(tx, draft_id, held),
    )
    answer = make_response(page)
    # The tool sizes its columns by style attributes and its fields bring style sheets of their own: here only.
    answer.headers["Content-Security-Policy"] = styled_policy(nonce)
    return answer


@view(workshop_grid, f"{TABLE}/findings", who=policy.BUNDLE_EDIT)
def findings(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """What is wrong with the rules, by their numbers."""
    return jsonify(_found(tx, draft_id, kept.read(tx, draft_id, decision)))


def _found(tx: Tx, draft_id: int, held: Held) -> dict[str, Any]:
    rows, general = table_words.findings(kept.found(tx, draft_id, held), "de" if language().startswith("de") else "en")
    return {"rows": {str(number): texts for number, texts in rows.items()}, "general": general}


def _data(tx: Tx, draft_id: int, held: Held) -> dict[str, Any]:
    place: dict[str, Any] = {"draft_id": draft_id, "decision": held.sheet.decision}
    return {
        "xml": held.xml.decode("utf-8", "replace"),
        "decision": held.sheet.decision,
        "revision": held.revision,
        "found": _found(tx, draft_id, held),
        "labels": {"match": _("trifft zu"), "row": _("Zeile"), "none": _("Keine Befunde")},
        "urls": {
            "save": url_for("workshop.save_file", draft_id=draft_id, path=held.path),
            "here": url_for("workshop_diagram.here", draft_id=draft_id, file=held.path),
            "findings": url_for("workshop_grid.findings", **place),
            "trial": url_for("workshop_tables.try_out", **place),
        },
        "words": editor_words.ours(),
        "modeler": grid_words.grid(),
    }
