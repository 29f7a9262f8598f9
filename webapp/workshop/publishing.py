"""Publishing with four eyes: ask, decide, withdraw; retire a version."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.reading import written
from webapp.forms.view import Problems
from webapp.i18n import language
from webapp.workshop import shown
from workflows import policy
from workflows.actions import publishing, trials
from workflows.actions import workshop as kept
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine.findings import BundleRefused
from workflows.forms.errors import Refused
from workflows.forms.moments import day

workshop_publishing = Blueprint("workshop_publishing", __name__)

PROPOSAL = "/workshop/publications/<int:publication_id>"
RETIREMENT = "/workshop/processes/<key>/versions/<int:number>/retire"


@view(workshop_publishing, "/workshop/drafts/<int:draft_id>/publish", who=policy.BUNDLE_EDIT)
def ask(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """What is still missing before the draft can be published, and the form to ask for it."""
    return _ask_page(tx, draft_id)


def _ask_page(tx: Tx, draft_id: int, problems: Problems | None = None, refused: Conflict | None = None) -> str:
    draft = kept.draft(tx, draft_id)
    return render_template(
        "workshop/publish.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        findings=shown.findings(kept.findings(tx, draft_id), language(), draft_id=draft_id),
        behind=kept.is_behind(tx, draft),
        has_stories=bool(trials.stories(tx, draft_id)),
        typed=request.form,
        today=tx.now.date(),
        problems=problems or {},
        refused=refused,
    )


@view(workshop_publishing, "/workshop/drafts/<int:draft_id>/publish", who=policy.BUNDLE_EDIT, methods=("POST",))
def submit(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Ask a second person."""
    try:
        day = _day(request.form.get("on", ""))
        asked = publishing.submit(tx, draft_id, written(request.form, "comment"), day, language())
    except Invalid as error:
        raise Refusal(_ask_page(tx, draft_id, error.problems), 422) from error
    except BundleRefused as error:
        raise Refusal(_ask_page(tx, draft_id), 422) from error
    except Conflict as error:
        raise Refusal(_not_asked(tx, draft_id, error), 409) from error
    flash(_("Eingereicht. Eine zweite Person kann den Entwurf jetzt freigeben."), "success")
    return redirect(url_for("workshop_publishing.proposal", publication_id=asked.id))


def _not_asked(tx: Tx, draft_id: int, error: Conflict) -> ResponseReturnValue:
    """The page again with what stands against it; raises the conflict itself for a draft that is closed."""
    if error.code != "draft_closed":
        return _ask_page(tx, draft_id, refused=error)
    asked = kept.proposal_of(tx, draft_id)
    if asked is None or asked.status != "submitted":
        raise error
    # Sent twice while the scenarios were played: it is there, that is all there is to say.
    raise Refusal(redirect(url_for("workshop_publishing.proposal", publication_id=asked.id))) from error


def _day(typed: str) -> date | None:
    """The day a version is to begin, None for at once; raises ``Invalid`` for what is no day."""
    try:
        return day(typed)
    except Refused as refused:
        raise Invalid({"on": (Problem("not_a_date"),)}) from refused


@view(workshop_publishing, PROPOSAL, who=policy.BUNDLE_EDIT)
def proposal(tx: Tx, publication_id: int) -> ResponseReturnValue:
    """What is proposed, by whom and why, and the decision."""
    return _proposal_page(tx, publication_id)


def _proposal_page(tx: Tx, publication_id: int, problems: Problems | None = None) -> str:
    asked = kept.publication(tx, publication_id)
    version = kept.version_of(tx, asked)
    ends = asked.kind == "retire" and version is not None and kept.is_last(tx, asked.process_key, version.number)
    return render_template(
        "workshop/proposal.html",
        ends=ends,
        proposal=asked,
        process=kept.process_name(tx, asked.process_key),
        may_decide=publishing.may_decide(tx, asked),
        version=version,
        problems=problems or {},
    )


@view(
    workshop_publishing,
    f"{PROPOSAL}/approve",
    who=policy.BUNDLE_DEPLOY,
    methods=("POST",),
)
def approve(tx: Tx, publication_id: int) -> ResponseReturnValue:
    """Say yes as the second person."""
    asked = publishing.approve(tx, publication_id, written(request.form, "comment"))
    done = asked.status == "done"
    flash(_("Freigegeben und in Kraft.") if done else _("Freigegeben. Es gilt ab dem genannten Tag."), "success")
    return redirect(url_for("workshop_publishing.proposal", publication_id=publication_id))


@view(
    workshop_publishing,
    f"{PROPOSAL}/refuse",
    who=policy.BUNDLE_DEPLOY,
    methods=("POST",),
)
def refuse(tx: Tx, publication_id: int) -> ResponseReturnValue:
    """Say no as the second person, with a reason."""
    try:
        publishing.refuse(tx, publication_id, request.form.get("refusal", ""))
    except Invalid as error:
        raise Refusal(_proposal_page(tx, publication_id, {"refusal": error.problems["comment"]}), 422) from error
    flash(_("Abgelehnt. Der Entwurf kann wieder geändert werden."), "success")
    return redirect(url_for("workshop_publishing.proposal", publication_id=publication_id))


@view(
    workshop_publishing,
    f"{PROPOSAL}/withdraw",
    who=policy.BUNDLE_EDIT,
    methods=("POST",),
)
def withdraw(tx: Tx, publication_id: int) -> ResponseReturnValue:
    """Take the proposal back."""
    asked = publishing.withdraw(tx, publication_id)
    flash(_("Zurückgezogen."), "success")
    if asked.draft_id is not None:
        return redirect(url_for("workshop.draft", draft_id=asked.draft_id))
    return redirect(url_for("workshop.process", key=asked.process_key))


@view(workshop_publishing, "/workshop/drafts/<int:draft_id>/proposal", who=policy.BUNDLE_EDIT)
def proposal_of_draft(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """The way from a draft to what was asked about it last."""
    return redirect(url_for("workshop_publishing.proposal", publication_id=_asked(tx, draft_id)))


@view(workshop_publishing, "/workshop/drafts/<int:draft_id>/withdraw", who=policy.BUNDLE_EDIT, methods=("POST",))
def withdraw_draft(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Take the proposal back to go on working."""
    publishing.withdraw(tx, _asked(tx, draft_id))
    flash(_("Zurückgezogen. Sie können weiterarbeiten."), "success")
    return redirect(url_for("workshop.draft", draft_id=draft_id))


def _asked(tx: Tx, draft_id: int) -> int:
    asked = kept.proposal_of(tx, kept.draft(tx, draft_id).id)
    if asked is None:
        raise NotFound("not_found", kind="publication")
    return asked.id


@view(workshop_publishing, RETIREMENT, who=policy.BUNDLE_EDIT)
def ask_retirement(tx: Tx, key: str, number: int) -> ResponseReturnValue:
    """Why should this version start no more cases?"""
    return _retire_page(tx, key, number)


def _retire_page(tx: Tx, key: str, number: int, problems: Problems | None = None) -> str:
    found = kept.process(tx, key)
    kept.version_bundle(tx, key, number)
    last = kept.is_last(tx, key, number)
    return render_template("workshop/retire.html", process=found, number=number, last=last, problems=problems or {})


@view(
    workshop_publishing,
    "/workshop/processes/<key>/versions/<int:number>/retire",
    who=policy.BUNDLE_EDIT,
    methods=("POST",),
)
def retire(tx: Tx, key: str, number: int) -> ResponseReturnValue:
    """Ask a second person to retire a version."""
    try:
        asked = publishing.submit_retirement(tx, key, number, written(request.form, "comment"))
    except Invalid as error:
        raise Refusal(_retire_page(tx, key, number, error.problems), 422) from error
    return redirect(url_for("workshop_publishing.proposal", publication_id=asked.id))
