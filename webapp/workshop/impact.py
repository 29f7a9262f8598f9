"""What a new version means for running cases: looked at, begun, watched, taken back."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import view
from webapp.i18n import language
from webapp.security import row_id
from webapp.workshop import impact_shown, shown
from workflows import policy
from workflows.actions import migrations
from workflows.actions import workshop as kept
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.engine.findings import BundleRefused

workshop_impact = Blueprint("workshop_impact", __name__)

IMPACT = "/workshop/processes/<key>/impact"
JOB = "/workshop/jobs/<int:job_id>"
FIELD = "name-"
"""What the choices of the name map begin with: ``name-ID`` is what takes the place of ``ID``."""


@view(workshop_impact, IMPACT, who=policy.BUNDLE_EDIT)
def impact(tx: Tx, key: str) -> ResponseReturnValue:
    """Each running case against one version, the live one unless ``to`` says another."""
    process = kept.process(tx, key)
    number = _number(request.args.get("to")) or (process.live.number if process.live else None)
    if number is None:
        raise NotFound("not_found", kind="version")
    found = migrations.preview(tx, key, number, _names(request.args))
    return render_template(
        "workshop/impact.html",
        preview=found,
        groups=impact_shown.groups(found, language()),
        jobs=migrations.recent(tx, key),
        versions=[each for each in process.versions if each.status == "active"],
        draft=None,
    )


@view(workshop_impact, "/workshop/drafts/<int:draft_id>/impact", who=policy.BUNDLE_EDIT)
def draft_impact(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Each running case against a draft, before it is published."""
    draft = kept.draft(tx, draft_id)
    try:
        found = migrations.preview(tx, draft.process_key, kept.bundle(tx, draft_id), _names(request.args))
    except BundleRefused as refused:
        process = kept.process_name(tx, draft.process_key)
        findings = shown.findings(refused.findings, language(), draft_id=draft_id)
        return render_template("workshop/impact_unknown.html", draft=draft, process=process, findings=findings)
    groups = impact_shown.groups(found, language())
    return render_template("workshop/impact.html", preview=found, groups=groups, jobs=(), versions=(), draft=draft)


def _number(typed: str | None) -> int | None:
    return row_id(typed) if typed else None


def _names(sent: Mapping[str, str]) -> dict[str, str] | None:
    """The name map as chosen; None when nothing was chosen yet, so that it is proposed."""
    chosen = {name.removeprefix(FIELD): target for name, target in sent.items() if name.startswith(FIELD)}
    if not chosen and "names" not in sent:
        return None
    return {element: target for element, target in chosen.items() if target}


@view(workshop_impact, IMPACT, who=policy.BUNDLE_DEPLOY, methods=("POST",))
def begin(tx: Tx, key: str) -> ResponseReturnValue:
    """Begin to move what can be moved; the worker does it."""
    number = _number(request.form.get("to"))
    if number is None:
        raise NotFound("not_found", kind="version")
    job = migrations.begin(tx, key, number, _names(request.form))
    flash(
        _("Die Umstellung hat begonnen. Sie läuft im Hintergrund weiter, auch wenn Sie diese Seite verlassen."),
        "success",
    )
    return redirect(url_for("workshop_impact.job", job_id=job.id))


@view(workshop_impact, JOB, who=policy.BUNDLE_EDIT)
def job(tx: Tx, job_id: int) -> ResponseReturnValue:
    """How far it is and what became of each case."""
    return render_template("workshop/job.html", **_job(tx, job_id))


@view(workshop_impact, f"{JOB}/state", who=policy.BUNDLE_EDIT)
def job_state(tx: Tx, job_id: int) -> ResponseReturnValue:
    """What of it changes while it goes on, for polling; 304 when nothing has."""
    found = _job(tx, job_id)
    response = make_response("")
    response.set_etag(found["etag"])
    if request.if_none_match.contains(found["etag"]):
        response.status_code = 304
        return response
    response.set_data(render_template("workshop/job_state.html", **found))
    return response


def _job(tx: Tx, job_id: int) -> dict[str, Any]:
    report = migrations.report(tx, job_id)
    groups = impact_shown.outcomes(report, language())
    seen = repr((report.job.taken_back_at, report.job.closed_at, groups))
    etag = hashlib.sha256(seen.encode()).hexdigest()[:32]
    return {"report": report, "job": report.job, "groups": groups, "etag": etag}


@view(workshop_impact, f"{JOB}/undo", who=policy.BUNDLE_DEPLOY, methods=("POST",))
def take_back(tx: Tx, job_id: int) -> ResponseReturnValue:
    """Let what has not gone on since go back."""
    migrations.take_back(tx, job_id)
    flash(_("Wird zurückgenommen: Was seitdem nicht weitergegangen ist, steht gleich wieder wie vorher."), "success")
    return redirect(url_for("workshop_impact.job", job_id=job_id))


@view(workshop_impact, f"{JOB}/close", who=policy.BUNDLE_DEPLOY, methods=("POST",))
def close(tx: Tx, job_id: int) -> ResponseReturnValue:
    """Forget the earlier states."""
    migrations.close(tx, job_id)
    flash(_("Abgeschlossen. Die früheren Stände sind gelöscht."), "success")
    return redirect(url_for("workshop_impact.job", job_id=job_id))
