"""The processes, one process with its versions, one draft with its files; and how editors in the browser save."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.i18n import language
from webapp.security import row_id
from webapp.workshop import apart, shown
from workflows import policy
from workflows.actions import diagram_editing
from workflows.actions import workshop as kept
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.engine.bundle import BundleUnreadable
from workflows.engine.checks import sentence
from workflows.engine.editing.laying_out import drawn

workshop = Blueprint("workshop", __name__)


@view(workshop, "/workshop", who=policy.BUNDLE_EDIT)
def processes(tx: Tx) -> ResponseReturnValue:
    """Every process, what runs and what is being changed."""
    found = kept.processes(tx)
    waiting = [(each.name, asked) for each in found for asked in each.publications if asked.status == "submitted"]
    return render_template("workshop/processes.html", processes=found, waiting=waiting)


@view(workshop, "/workshop/processes/<key>", who=policy.BUNDLE_EDIT)
def process(tx: Tx, key: str) -> ResponseReturnValue:
    """One process: versions, drafts, proposals."""
    return render_template("workshop/process.html", process=kept.process(tx, key))


@view(workshop, "/workshop/processes/<key>/drafts", who=policy.BUNDLE_EDIT, methods=("POST",))
def begin(tx: Tx, key: str) -> ResponseReturnValue:
    """Begin a draft from what is live, or from an earlier version."""
    number = request.form.get("number")
    draft = kept.begin(tx, key, row_id(number) if number else None)
    if number:
        told = _(
            "Der Entwurf ist eine Kopie von Fassung %(number)s. Lassen Sie ihn veröffentlichen, dann gilt sie wieder."
        )
        flash(told % {"number": number}, "success")
    else:
        told = _(
            "Der Entwurf ist angelegt. Was Sie ändern, wird sofort gesichert und gilt erst, wenn es veröffentlicht ist."
        )
        flash(told, "success")
    return redirect(url_for("workshop.draft", draft_id=draft.id))


@view(workshop, "/workshop/drafts/<int:draft_id>", who=policy.BUNDLE_EDIT)
def draft(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """What the draft holds, what is wrong with it, what was changed."""
    found = kept.draft(tx, draft_id)
    return render_template(
        "workshop/draft.html",
        draft=found,
        process=kept.process_name(tx, found.process_key),
        findings=shown.findings(kept.findings(tx, draft_id), language(), draft_id=draft_id),
        parts=shown.parts(found, kept.files(tx, draft_id)),
        history=kept.history(tx, draft_id),
        refused=kept.sent_back(tx, draft_id) if found.status == "open" else None,
    )


@view(workshop, "/workshop/drafts/<int:draft_id>/findings", who=policy.BUNDLE_EDIT)
def findings(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """What is wrong with the draft, for editors in the browser."""
    return jsonify(shown.findings(kept.findings(tx, draft_id), language(), draft_id=draft_id))


@view(workshop, "/workshop/drafts/<int:draft_id>/files/<path:path>", who=policy.BUNDLE_EDIT)
def file(tx: Tx, draft_id: int, path: str) -> ResponseReturnValue:
    """One file as it is, for editors and to take along, with ``?drawn=1`` a diagram that can be shown; never a page."""
    held = kept.files(tx, draft_id).get(path)
    if held is None:
        raise NotFound("not_found", kind="file")
    answer = Response(
        drawn(held.data) if request.args.get("drawn") else held.data, content_type="application/octet-stream"
    )
    answer.headers["X-Revision"] = str(held.revision)
    answer.headers.set("Content-Disposition", "attachment", filename=path.rpartition("/")[2])
    return answer


@view(workshop, "/workshop/drafts/<int:draft_id>/files/<path:path>", who=policy.BUNDLE_EDIT, methods=("PUT", "POST"))
def save_file(tx: Tx, draft_id: int, path: str) -> ResponseReturnValue:
    """Save one file; ``X-Revision`` names the one the change was made from. Answers with what is wrong now."""
    read = row_id(request.headers.get("X-Revision", ""))
    try:
        kept.save(tx, draft_id, {path: request.get_data()}, None if read is None else {path: read})
    except Conflict as moved:
        raise Refusal(jsonify({**_plain(moved), **_apart(tx, draft_id, path, read)}), 409) from moved
    except BundleUnreadable as error:
        raise Refusal(jsonify(problem=sentence(error.code, error.facts, language())), 422) from error
    others = kept.visit(tx, draft_id, path)
    found, mendable = diagram_editing.examined(tx, draft_id)
    return jsonify(
        revision=kept.files(tx, draft_id)[path].revision,
        others=[each.name for each in others],
        findings=shown.findings(found, language(), mendable, draft_id),
    )


def _apart(tx: Tx, draft_id: int, path: str, read: int | None) -> dict[str, Any]:
    """What each of the two changed, in words, so that whoever has to choose knows between what."""
    if read is None or path not in kept.files(tx, draft_id):
        return {}
    found = kept.apart(tx, draft_id, path, request.get_data(), read)
    return {} if found is None else {"mine": apart.told(found[0]), "theirs": apart.told(found[1])}


def _plain(moved: Conflict) -> dict[str, Any]:
    facts = {name: value if isinstance(value, int | str) else str(value) for name, value in moved.facts.items()}
    return {"code": moved.code, **facts}
