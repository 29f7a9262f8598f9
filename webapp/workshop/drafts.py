"""What is done with a whole draft: take it in and out, go back in its history, give it up."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.access import Refusal, view
from webapp.flashes import enumerate_points
from webapp.i18n import language
from webapp.security import row_id
from webapp.workshop import shown
from workflows import policy
from workflows.actions import workshop as kept
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.engine.bundle import LARGEST_ZIP, BundleUnreadable
from workflows.engine.checks import sentence
from workflows.engine.drafts import Draft
from workflows.engine.findings import Finding

workshop_drafts = Blueprint("workshop_drafts", __name__)

PARTS = frozenset({"table_alone", "form_alone"})
"""Why a file was refused that belongs into a draft."""


@view(workshop_drafts, "/workshop/import", who=policy.BUNDLE_EDIT)
def ask_import(tx: Tx) -> ResponseReturnValue:
    """The form for a zip."""
    return render_template("workshop/import.html", problem=None)


@view(workshop_drafts, "/workshop/import", who=policy.BUNDLE_EDIT, methods=("POST",))
def take_in(tx: Tx) -> ResponseReturnValue:
    """Make a draft of a zip, or of a diagram alone."""
    try:
        draft, changes = kept.take_in(tx, _sent(), _name_sent())
    except BundleUnreadable as error:
        raise Refusal(_refused(tx, error), 422) from error
    return _taken(draft, changes)


def _refused(tx: Tx, error: BundleUnreadable) -> str:
    """The form again with the reason; what is only a part of a process, with the drafts it may belong into."""
    is_part = error.code in PARTS
    found = kept.processes(tx) if is_part else ()
    drafts = [(each.name, draft) for each in found for draft in each.drafts if draft.status == "open"]
    return render_template("workshop/import.html", problem=_sentence(error), is_part=is_part, drafts=drafts)


@view(workshop_drafts, "/workshop/drafts/<int:draft_id>/upload", who=policy.BUNDLE_EDIT, methods=("POST",))
def upload(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Replace or add one file."""
    try:
        draft, changes = kept.take_in_file(tx, draft_id, _name_sent(), _sent())
    except BundleUnreadable as error:
        flash(_sentence(error), "danger")
        raise Refusal(redirect(url_for("workshop.draft", draft_id=draft_id))) from error
    return _taken(draft, changes)


def _sent() -> bytes:
    sent = request.files.get("file")
    return sent.read(LARGEST_ZIP + 1) if sent else b""


def _name_sent() -> str:
    sent = request.files.get("file")
    return (sent.filename if sent else "") or ""


def _sentence(error: BundleUnreadable) -> str:
    return sentence(error.code, error.facts, language())


def _taken(draft: Draft, changes: Sequence[Finding]) -> ResponseReturnValue:
    flash(_("Eingelesen. Der Entwurf gilt erst, wenn er veröffentlicht ist."), "success")
    if changes:
        told = [f"{each['name'] or each['element'] or each['file']}: {each['text']}" for each in _words(changes)]
        heading = ngettext("%(num)d Stelle wurde angepasst:", "%(num)d Stellen wurden angepasst:", len(told))
        enumerate_points(heading, told)
    return redirect(url_for("workshop.draft", draft_id=draft.id))


def _words(changes: Sequence[Finding]) -> list[dict[str, str]]:
    return shown.findings(changes, language())


@view(workshop_drafts, "/workshop/drafts/<int:draft_id>/export", who=policy.BUNDLE_EDIT)
def export(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """The draft as a zip."""
    draft = kept.draft(tx, draft_id)
    return _zip(kept.export(tx, draft_id), f"{draft.process_key}-entwurf-{draft.id}.zip")


@view(workshop_drafts, "/workshop/processes/<key>/versions/<int:number>/export", who=policy.BUNDLE_EDIT)
def export_version(tx: Tx, key: str, number: int) -> ResponseReturnValue:
    """A version as a zip."""
    return _zip(kept.export_version(tx, key, number), f"{key}-{number}.zip")


def _zip(data: bytes, name: str) -> Response:
    answer = Response(data, content_type="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@view(workshop_drafts, "/workshop/drafts/<int:draft_id>/undo", who=policy.BUNDLE_EDIT, methods=("POST",))
def undo(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Take the latest change back."""
    kept.undo(tx, draft_id)
    return _back(draft_id, _("Die letzte Änderung ist zurückgenommen. Auch das lässt sich rückgängig machen."))


@view(workshop_drafts, "/workshop/drafts/<int:draft_id>/restore", who=policy.BUNDLE_EDIT, methods=("POST",))
def restore(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Bring an earlier state back."""
    revision = row_id(request.form.get("revision", ""))
    if revision is None:
        raise NotFound("not_found", kind="revision")
    kept.restore(tx, draft_id, revision)
    return _back(draft_id, _("Der frühere Stand ist wieder da."))


@view(workshop_drafts, "/workshop/drafts/<int:draft_id>/drop", who=policy.BUNDLE_EDIT, methods=("POST",))
def drop(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Give the draft up."""
    draft = kept.drop(tx, draft_id)
    flash(_("Der Entwurf ist verworfen. Er bleibt lesbar."), "success")
    return redirect(url_for("workshop.process", key=draft.process_key))


@view(workshop_drafts, "/workshop/drafts/<int:draft_id>/catch-up", who=policy.BUNDLE_EDIT, methods=("POST",))
def catch_up(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Say that the draft is to replace what was published meanwhile."""
    kept.catch_up(tx, draft_id)
    return _back(draft_id, _("Der Entwurf löst jetzt die neueste Fassung ab."))


def _back(draft_id: int, told: str) -> ResponseReturnValue:
    flash(told, "success")
    return redirect(url_for("workshop.draft", draft_id=draft_id))
