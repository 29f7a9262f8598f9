"""Running cases and versions, for programs: what a version means for them, moving them, the report."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from webapp.access import TOKEN, view
from webapp.api.bodies import read_json
from webapp.api.shown import moment
from webapp.extensions import csrf
from webapp.security import row_id
from workflows.actions import migrations
from workflows.actions.migrations import Preview, Report
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx
from workflows.engine.migration import Reason, reason_text

api_migrations = Blueprint("api_migrations", __name__, url_prefix="/api/v1")
csrf.exempt(api_migrations)  # no cookies are read here, so no other site can borrow them


@view(api_migrations, "/processes/<key>/impact", who=TOKEN)
def get_impact(tx: Tx, key: str) -> ResponseReturnValue:
    """Each running case against a version."""
    sent = request.args.get("to", "")
    number = row_id(sent)
    if sent and number is None:
        raise Invalid({"to": (Problem("not_a_number"),)})
    return jsonify(_impact(migrations.preview(tx, key, number or migrations.live(tx, key))))


@view(api_migrations, "/processes/<key>/migrations", who=TOKEN, methods=("POST",))
def start_migration(tx: Tx, key: str) -> ResponseReturnValue:
    """Begin to move what can be moved."""
    body = read_json({"to": int}, {"names": dict})
    number, names = row_id(str(body["to"])), body.get("names")
    if number is None:
        raise Invalid({"to": (Problem("not_a_number"),)})
    if names is not None and not all(isinstance(each, str) for each in names.values()):
        raise Invalid({"names": (Problem("wrong_type", {"expected": "str"}),)})
    job = migrations.begin(tx, key, number, names)
    return jsonify(_migration(migrations.report(tx, job.id))), 201


@view(api_migrations, "/migrations/<int:job_id>", who=TOKEN)
def get_migration(tx: Tx, job_id: int) -> ResponseReturnValue:
    """How far it is and what became of each case."""
    return jsonify(_migration(migrations.report(tx, job_id)))


def _impact(found: Preview) -> dict[str, Any]:
    return {
        "process_key": found.process_key,
        "number": found.number,
        "names": dict(found.names),
        "counts": found.counts,
        "items": [
            {
                "instance_id": row.instance_id,
                "reference": row.reference,
                "version": row.number,
                "started_at": moment(row.started_at),
                "waits_at": list(row.waits_at),
                "verdict": row.verdict.outcome,
                "reasons": [_reason(each) for each in row.verdict.reasons],
                "changes": list(row.verdict.changes),
            }
            for row in found.rows
        ],
    }


def _migration(report: Report) -> dict[str, Any]:
    return {
        "id": report.job.id,
        "process_key": report.job.process_key,
        "number": report.number,
        "created_at": moment(report.job.created_at),
        "counts": dict(report.counts),
        "left": report.left,
        "items": [
            {
                "instance_id": row.instance_id,
                "reference": row.reference,
                "outcome": row.outcome,
                "reasons": [_reason(each) for each in row.reasons],
            }
            for row in report.rows
        ],
    }


def _reason(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "element": reason.element, "text": reason_text(reason, "en")}
