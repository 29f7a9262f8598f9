"""How the decisions of one file hang together: drawn, and as a list of who needs whom with a plain form for each."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.security import styled_policy
from webapp.wording import error_text
from webapp.workshop import formula_words, overtaken
from webapp.workshop.forms import around
from workflows import policy
from workflows.actions import workshop_decisions as kept
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx
from workflows.decisions.graphs import Node
from workflows.decisions.picture import is_drawable

workshop_graphs = Blueprint("workshop_graphs", __name__, url_prefix="/workshop/drafts/<int:draft_id>/graphs")

GRAPH = "/<path>"
KINDS = ("table", "formula")


@view(workshop_graphs, GRAPH, who=policy.BUNDLE_EDIT)
def graph(tx: Tx, draft_id: int, path: str) -> ResponseReturnValue:
    """The decisions of one file."""
    answer = make_response(_page(tx, draft_id, path))
    # The drawing is placed by style attributes: on this page only.
    answer.headers["Content-Security-Policy"] = styled_policy(secrets.token_urlsafe(16))
    return answer


@view(workshop_graphs, GRAPH, who=policy.BUNDLE_EDIT, methods=("POST",))
def add(tx: Tx, draft_id: int, path: str) -> ResponseReturnValue:
    """One more decision."""
    kind = request.form.get("kind", KINDS[0])
    try:
        key = kept.add(tx, draft_id, path, _name(), kind if kind in KINDS else KINDS[0])
    except Invalid as error:
        raise Refusal(_page(tx, draft_id, path, added=error.problems), 422) from error
    flash(_("Die Entscheidung ist angelegt. Füllen Sie sie jetzt, und sagen Sie, wer sie braucht."), "success")
    return redirect(_address(draft_id, path, key))


@view(workshop_graphs, f"{GRAPH}/<decision>", who=policy.BUNDLE_EDIT, methods=("POST",))
def change(tx: Tx, draft_id: int, path: str, decision: str) -> ResponseReturnValue:
    """Another name, or other needs, or away with it."""
    read = overtaken.read_from(None)
    if request.form.get("do") == "remove":
        return _removed(tx, draft_id, path, decision, read)
    try:
        with overtaken.shown_again(lambda moved: _page(tx, draft_id, path, opened=decision, moved=moved)):
            kept.change(tx, draft_id, path, decision, _name("title"), _name(), request.form.getlist("needs"), read)
    except Invalid as error:
        raise Refusal(_page(tx, draft_id, path, opened=decision, problems=error.problems), 422) from error
    flash(_("Gespeichert."), "success")
    return redirect(_address(draft_id, path, decision))


def _removed(tx: Tx, draft_id: int, path: str, decision: str, read: int | None) -> ResponseReturnValue:
    try:
        with overtaken.shown_again(lambda moved: _page(tx, draft_id, path, moved=moved)):
            kept.remove(tx, draft_id, path, decision, read)
    except Conflict as needed:
        if needed.code != "decision_needed":
            raise
        flash(error_text(needed.code, needed.facts) or "", "warning")
        return redirect(_address(draft_id, path, decision))
    flash(_("Die Entscheidung ist entfernt. Rückgängig machen können Sie das im Überblick des Entwurfs."), "success")
    return redirect(url_for("workshop_tables.index", draft_id=draft_id))


@view(workshop_graphs, f"{GRAPH}/drawing", who=policy.BUNDLE_EDIT)
def drawing(tx: Tx, draft_id: int, path: str) -> ResponseReturnValue:
    """The file with a place for each of its decisions, for the drawing tool."""
    return Response(kept.graph(tx, draft_id, path).drawing, content_type="application/xml")


def _name(field: str = "name") -> str:
    return " ".join(request.form.get(field, "")[:200].split())


def _address(draft_id: int, path: str, decision: str) -> str:
    return url_for("workshop_graphs.graph", draft_id=draft_id, path=path, _anchor=f"node-{decision}")


def _page(
    tx: Tx,
    draft_id: int,
    path: str,
    *,
    opened: str = "",
    problems: Problems | None = None,
    added: Problems | None = None,
    moved: Conflict | None = None,
) -> str:
    found = kept.graph(tx, draft_id, path)
    names = {each.id: each.title for each in found.nodes}
    return render_template(
        "workshop_decisions/graph.html",
        **around(tx, draft_id),
        graph=found,
        is_drawable=is_drawable(found.drawing),
        nodes=[_shown(draft_id, each, names, found.nodes) for each in found.nodes],
        choices=[{"key": key, "name": name} for key, name in names.items()],
        kinds=[{"key": key, "name": str(formula_words.NODES[key])} for key in KINDS],
        opened=opened,
        problems=problems or {},
        added=added or {},
        moved=moved,
    )


def _shown(draft_id: int, node: Node, names: dict[str, str], every: Any) -> dict[str, Any]:
    """One element of the graph as the page has it."""
    rooms = {"table": "workshop_tables.table", "formula": "workshop_formulas.formula"}
    rooms["other"] = rooms["formula"]
    room = rooms.get(node.kind)
    return {
        "id": node.id,
        "name": node.name,
        "title": node.title,
        "kind": str(formula_words.NODES[node.kind]),
        "is_decision": room is not None,
        "url": url_for(room, draft_id=draft_id, decision=node.id) if room else "",
        "needs": [names.get(each, each) for each in node.needs],
        "needed_ids": node.needs,
        "users": [each.title for each in every if node.id in each.needs],
    }
