"""The reviewer reads the audit trail and lets it be proven."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import view
from webapp.audit import shown
from webapp.security import row_id
from workflows import policy
from workflows.actions import trail_names
from workflows.core import audit as trail
from workflows.core.db import any_text
from workflows.core.tx import Tx

audit = Blueprint("audit", __name__)

PAGE_SIZE = 100


@view(audit, "/audit", who=policy.AUDIT_READ)
def entries(tx: Tx) -> ResponseReturnValue:
    """The newest entries, of one stream or all."""
    return _page(tx, None)


@view(audit, "/audit", who=policy.AUDIT_READ, methods=("POST",))
def verify(tx: Tx) -> ResponseReturnValue:
    """Prove the whole trail now and say what was found."""
    findings = trail.verify(tx.session, tx.settings.audit_key)
    return _page(tx, {"ok": not findings, "findings": findings})


def _page(tx: Tx, result: dict[str, Any] | None) -> str:
    asked = request.args.get("stream", "").strip()
    stream = trail_names.stream(tx, asked)
    behind = _place(request.args.get("behind", ""))
    with any_text(tx.session):  # what was damaged is what the reviewer came for
        found = trail.entries(tx.session, stream or None, behind=behind, limit=PAGE_SIZE + 1)
    rows = shown.rows(tx, found[:PAGE_SIZE])
    more = len(found) > PAGE_SIZE
    return render_template(
        "audit/entries.html",
        entries=rows,
        stream=asked,
        q="",
        result=result,
        next_url=url_for("audit.entries", stream=stream, behind=_written(found[PAGE_SIZE - 1])) if more else None,
        previous_url=url_for("audit.entries", stream=stream) if behind else None,
    )


def _written(entry: trail.Entry) -> str:
    """The place of an entry as it stands in an address; many entries share a moment."""
    at, stream, seq = entry.place
    return f"{at.astimezone(UTC).isoformat()}~{seq}~{stream}"


def _place(text: str) -> trail.Place | None:
    """A place from the address; None for nothing or nonsense, which then shows the newest."""
    at, _, rest = text.partition("~")
    number, _, stream = rest.partition("~")
    seq = row_id(number)
    try:
        moment = datetime.fromisoformat(at)
        return (moment.astimezone(UTC), stream, seq) if moment.tzinfo and seq is not None else None
    except (ValueError, OverflowError):
        return None
