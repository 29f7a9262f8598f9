"""Rows as the API writes them: one function per schema of ``schemas``."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from webapp.api.document import QUERY
from workflows.actions import inbox, processes
from workflows.actions.inbox import OpenForm
from workflows.actions.publishing import Proposed
from workflows.core import typed_json
from workflows.core.tx import Tx
from workflows.engine.checks import finding_text
from workflows.engine.events import Event
from workflows.engine.findings import BundleRefused, Finding
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.forms.model import Field

__all__ = ["QUERY", "event", "findings", "instance", "opened", "proposed", "task"]

Json = dict[str, Any]


def moment(value: datetime | None) -> str | None:
    """UTC, ISO 8601."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def task(row: Task) -> Json:
    """A task without its form."""
    return {
        "id": row.id,
        "name": row.name,
        "element_id": row.element_id,
        "process_key": row.process_key,
        "instance_id": row.instance_id,
        "subject": row.subject,
        "group": row.group_key,
        "assignee_id": row.assignee_id,
        "status": row.status,
        "priority": row.priority,
        "due_at": moment(row.due_at),
        "follow_up_on": row.follow_up_on.isoformat() if row.follow_up_on else None,
        "created_at": moment(row.created_at),
        "done_at": moment(row.done_at),
        "done_by": row.done_by,
    }


def instance(tx: Tx, row: Instance) -> Json:
    """An instance, with what the caller may see of it."""
    definition = processes.definition(tx, row)
    return {
        "id": row.id,
        "process_key": row.process_key,
        "version": str(definition.number),
        "status": row.status,
        "subject": row.subject,
        "started_at": moment(row.started_at),
        "ended_at": moment(row.ended_at),
        "variables": typed_json.to_plain(processes.variables(tx, row)),
        "open_tasks": [task(each) for each in inbox.open_tasks(tx, row.id)],
    }


def event(row: Event) -> Json:
    """One line of the timeline."""
    return {
        "id": row.id,
        "at": moment(row.at),
        "kind": row.kind,
        "element_id": row.element_id,
        "element_name": row.element_name,
        "actor": row.actor,
        "details": typed_json.to_plain(row.details),
    }


def fields(drawn: Sequence[Field]) -> list[Json]:
    """The visible fields of a form, texts without a value left out."""
    return [
        {
            "path": each.path,
            "key": each.key,
            "kind": each.kind,
            "label": each.label,
            "description": each.description or each.text,
            "required": each.required,
            "options": [{"value": typed_json.to_plain(option.value), "label": option.label} for option in each.options],
            "fields": fields(each.fields),
        }
        for each in drawn
    ]


def opened(found: OpenForm) -> Json:
    """A task with its form, the values in it and its draft."""
    row = found.task
    return {
        **task(row),
        "form": {"id": found.form.id, "fields": fields(found.fields)} if row.form_id else None,
        "values": typed_json.to_plain(row.values or ({} if row.draft else found.values)),
        "draft": typed_json.to_plain(row.draft),
        "revision": row.revision,
    }


def findings(refused: BundleRefused) -> list[Json]:
    """What is wrong with a bundle."""
    return [finding(item) for item in refused.findings]


def finding(item: Finding) -> Json:
    """One thing that is wrong."""
    return {
        "severity": item.severity,
        "file": item.file,
        "element": item.element or None,
        "code": item.code,
        "text": finding_text(item, "en"),
    }


def proposed(result: Proposed) -> Json:
    """A draft that waits for a second person, and what was rewritten on import."""
    row = result.publication
    return {
        "id": row.id,
        "draft_id": row.draft_id,
        "process_key": row.process_key,
        "status": row.status,
        "changes": [finding(item) for item in result.changes],
    }
