"""What differs between two versions, or a draft and what is live: diagrams side by side, all else in words."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import view
from webapp.workshop import changed_words
from workflows import policy
from workflows.actions import workshop as kept
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.engine.bundle import Bundle
from workflows.engine.comparison import Difference
from workflows.engine.editing.laying_out import drawn

workshop_changes = Blueprint("workshop_changes", __name__)


@view(workshop_changes, "/workshop/drafts/<int:draft_id>/changes", who=policy.BUNDLE_EDIT)
def of_draft(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """What the draft changes; ``?against=3`` compares with another version than the live one."""
    draft = kept.draft(tx, draft_id)
    overview = kept.process(tx, draft.process_key)
    number = request.args.get("against", type=int) or (overview.live.number if overview.live else 0)
    new = kept.bundle(tx, draft_id)
    # A process that was never published is new as a whole.
    old = kept.version_bundle(tx, draft.process_key, number) if number else Bundle(draft.process_key, {})
    return render_template(
        "workshop/changes.html",
        draft=draft,
        process=overview.name,
        number=number,
        versions=[{"key": str(each.number), "name": str(each.number)} for each in overview.versions],
        before_url=_version_url(draft.process_key, number, old) if number else "",
        after_url=url_for("workshop.file", draft_id=draft_id, path=new.diagram, drawn=1),
        scenarios=kept.scenario_differences(tx, draft_id),
        **_told(tx, old, new),
    )


@view(workshop_changes, "/workshop/processes/<key>/changes", who=policy.BUNDLE_EDIT)
def of_versions(tx: Tx, key: str) -> ResponseReturnValue:
    """What version ``to`` does otherwise than version ``from``; the two newest unless the address says which."""
    overview = kept.process(tx, key)
    numbers = [each.number for each in overview.versions]
    if not numbers:
        raise NotFound("version_unknown", process=key)
    to = request.args.get("to", type=int) or numbers[0]
    number = request.args.get("from", type=int) or max((each for each in numbers if each < to), default=to)
    old, new = kept.version_bundle(tx, key, number), kept.version_bundle(tx, key, to)
    return render_template(
        "workshop/version_changes.html",
        process=overview,
        number=number,
        to=to,
        versions=[{"key": str(each), "name": str(each)} for each in numbers],
        before_url=_version_url(key, number, old),
        after_url=_version_url(key, to, new),
        **_told(tx, old, new),
    )


@view(workshop_changes, "/workshop/processes/<key>/versions/<int:number>/files/<path:path>", who=policy.BUNDLE_EDIT)
def version_file(tx: Tx, key: str, number: int, path: str) -> ResponseReturnValue:
    """One file of a version to take along, or with ``?drawn=1`` a diagram that can be shown."""
    held = kept.version_bundle(tx, key, number).files.get(path)
    if held is None:
        raise NotFound("not_found", kind="file")
    answer = Response(drawn(held) if request.args.get("drawn") else held, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=path.rpartition("/")[2])
    return answer


def _version_url(key: str, number: int, held: Bundle) -> str:
    return url_for("workshop_changes.version_file", key=key, number=number, path=held.diagram, drawn=1)


def _told(tx: Tx, old: Bundle, new: Bundle) -> dict[str, Any]:
    found = kept.differences(old, new)
    drawn = [*found.elements, *found.flows]
    return {
        **changed_words.told(found, old, new, kept.groups(tx)),
        "before_marks": _marks(drawn, "removed", "changed"),
        "after_marks": _marks(drawn, "added", "changed"),
    }


def _marks(drawn: list[Difference], *kinds: str) -> dict[str, list[str]]:
    return {kind: [each.key for each in drawn if each.what == kind] for kind in kinds}
