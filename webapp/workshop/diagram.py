"""The diagram editor of a draft: the page, what it asks for while somebody draws, and mending what is found."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import view
from webapp.i18n import language
from webapp.security import styled_policy
from webapp.workshop import editor_words, modeler_words, offered, shown
from workflows import policy
from workflows.actions import diagram_editing as editing
from workflows.actions import workshop as kept
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.engine import drafts
from workflows.engine.drafts import Draft

workshop_diagram = Blueprint("workshop_diagram", __name__)


@view(workshop_diagram, "/workshop/drafts/<int:draft_id>/diagram", who=policy.BUNDLE_EDIT)
def edit(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """The editor with one diagram of the draft; ``file`` names another than the main one."""
    draft = kept.draft(tx, draft_id)
    path, xml, revision = editing.diagram(tx, draft_id, request.args.get("file"))
    found = _findings(tx, draft_id)
    nonce = secrets.token_urlsafe(16)
    page = render_template(
        "workshop/diagram.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        findings=found,
        nonce=nonce,
        xml_url=url_for("workshop.file", draft_id=draft_id, path=path),
        data={
            **_offered(tx, draft),
            "xml": xml.decode("utf-8", "replace"),
            "file": path,
            "revision": revision,
            "findings": found,
            "urls": _urls(draft, path),
            "words": editor_words.ours(),
            "modeler": modeler_words.modeler(),
        },
    )
    return _with_styles(make_response(page), nonce)


def _with_styles(answer: Response, nonce: str) -> Response:
    """The drawing moves by style attributes, and its fields bring style sheets of their own: on this page only."""
    answer.headers["Content-Security-Policy"] = styled_policy(nonce)
    return answer


def _urls(draft: Draft, path: str) -> dict[str, str]:
    return {
        "save": url_for("workshop.save_file", draft_id=draft.id, path=path),
        "variables": url_for("workshop_diagram.variables", draft_id=draft.id),
        "here": url_for("workshop_diagram.here", draft_id=draft.id, file=path),
    }


def _offered(tx: Tx, draft: Draft) -> dict[str, Any]:
    choices = editing.choices(tx, drafts.bundle_of(tx.session, draft), language())
    return {"choices": offered.choices(choices), "blocks": offered.blocks(choices), "functions": offered.functions()}


def _findings(tx: Tx, draft_id: int) -> list[dict[str, Any]]:
    found, mendable = editing.examined(tx, draft_id)
    return shown.findings(found, language(), mendable, draft_id)


@view(workshop_diagram, "/workshop/drafts/<int:draft_id>/diagram/variables", who=policy.BUNDLE_EDIT)
def variables(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """The variables known at an element, and who sets each."""
    found = editing.variables(tx, draft_id, request.args.get("element", "")[:200])
    return jsonify([{"name": each.name, "from": each.source} for each in found])


@view(workshop_diagram, "/workshop/drafts/<int:draft_id>/diagram/here", who=policy.BUNDLE_EDIT, methods=("POST",))
def here(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """A sign of life; answers with who else has the draft open."""
    others = kept.visit(tx, draft_id, request.args.get("file", "")[:200])
    return jsonify(others=[each.name for each in others])


@view(workshop_diagram, "/workshop/drafts/<int:draft_id>/mend", who=policy.BUNDLE_EDIT, methods=("POST",))
def mend(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Mend one finding where only one answer makes sense; an editor gets the diagram back, a page its address."""
    named = [request.form.get(name, "")[:200] for name in ("file", "element", "code")]
    try:
        changed = editing.mend(tx, draft_id, *named)
    except Conflict as gone:
        if gone.code != "nothing_to_mend":
            raise
        changed = ()
    if "X-Fragment" in request.headers:
        path, xml, revision = editing.diagram(tx, draft_id, request.form.get("open") or None)
        return jsonify(
            xml=xml.decode("utf-8", "replace"),
            revision=revision,
            element=named[1],
            findings=_findings(tx, draft_id),
        )
    flash(
        _("Behoben. Sehen Sie es sich bitte an; mit „Rückgängig“ nehmen Sie es zurück.")
        if changed
        else _("Das ist schon in Ordnung; es war nichts mehr zu tun."),
        "success",
    )
    back = "workshop_steps.show" if request.form.get("back") == "steps" else "workshop.draft"
    return redirect(url_for(back, draft_id=draft_id))
