"""The shapes of the API as JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it)."""

from typing import Any

from workflows.actions import once
from workflows.domain.contacts import KINDS

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """A reference to one of ``SCHEMAS``."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(required: dict[str, Schema], optional: dict[str, Schema] | None = None, text: str = "") -> Schema:
    """An object with exactly these members."""
    described = {"description": text} if text else {}
    return {
        "type": "object",
        **described,
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
    }


def array(item: Schema) -> Schema:
    """A list of ``item``."""
    return {"type": "array", "items": item}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
SMALL: Schema = {**NUMBER, "minimum": 0, "maximum": 2**31 - 1}
MOMENT: Schema = {"type": "string", "format": "date-time", "description": "UTC, ISO 8601"}
DAY: Schema = {"type": "string", "format": "date"}


def nullable(schema: Schema) -> Schema:
    """``schema`` or null."""
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}


VALUES_TEXT = (
    "Values of the expression language. Texts, booleans, null, lists and objects are plain JSON; whole numbers are "
    'JSON integers. What JSON cannot say exactly is an object with one tag: {"$decimal": "2500.50"} (never a float), '
    '{"$date": "2026-11-22"}, {"$datetime": "2026-11-22T09:00:00+01:00"}, {"$time": "09:00:00"}, '
    '{"$duration": "93600"} (seconds), {"$months": 14}. An object whose own key starts with $ is wrapped: '
    '{"$context": {…}}. In form values '
    "dates may also be sent as plain ISO texts and numbers as texts: the form knows their type."
)

TASK_MEMBERS: dict[str, Schema] = {
    "id": NUMBER,
    "name": TEXT,
    "element_id": TEXT,
    "process_key": TEXT,
    "instance_id": NUMBER,
    "subject": TEXT,
    "group": nullable(TEXT),
    "assignee_id": nullable(NUMBER),
    "status": {"enum": ["open", "done", "cancelled"]},
    "priority": NUMBER,
    "due_at": nullable(MOMENT),
    "follow_up_on": nullable(DAY),
    "created_at": MOMENT,
    "done_at": nullable(MOMENT),
    "done_by": nullable(TEXT),
}

ONCE: Schema = {**TEXT, "maxLength": once.LONGEST, "description": "what is sent twice under one key is kept once"}

CONTACT_MEMBERS: dict[str, Schema] = {
    "kind": {"enum": list(KINDS)},
    "held_on": DAY,
    "who": TEXT,
    "text": TEXT,
    "office_task": TEXT,
}

SCHEMAS: dict[str, Schema] = {
    "Values": {"type": "object", "description": VALUES_TEXT, "additionalProperties": True},
    "Task": record(TASK_MEMBERS),
    "Option": record({"value": {"type": ["string", "integer", "boolean", "object"]}, "label": TEXT}),
    "Field": record(
        {
            "path": TEXT,
            "key": TEXT,
            "kind": TEXT,
            "label": TEXT,
            "description": TEXT,
            "required": {"type": "boolean"},
            "options": array(ref("Option")),
            "fields": array(ref("Field")),
        },
        text="One visible field; groups and the columns of dynamic lists hold further fields.",
    ),
    "Form": record({"id": TEXT, "fields": array(ref("Field"))}),
    "TaskWithForm": record(
        {
            **TASK_MEMBERS,
            "form": nullable(ref("Form")),
            "values": ref("Values"),
            "draft": nullable(ref("Values")),
            "revision": NUMBER,
        },
        text="values: what a finished task was completed with; for an open one without draft the defaults "
        "of its form. revision: counts saved drafts.",
    ),
    "TaskPage": record({"items": array(ref("Task")), "next": nullable(TEXT)}, text="next: cursor, null at the end."),
    "Instance": record(
        {
            "id": NUMBER,
            "process_key": TEXT,
            "version": TEXT,
            "status": {"enum": ["running", "completed", "terminated"]},
            "subject": TEXT,
            "started_at": MOMENT,
            "ended_at": nullable(MOMENT),
            "variables": ref("Values"),
            "open_tasks": array(ref("Task")),
        },
        text="variables and open_tasks: those the caller may see.",
    ),
    "Event": record(
        {
            "id": NUMBER,
            "at": MOMENT,
            "kind": TEXT,
            "element_id": nullable(TEXT),
            "element_name": nullable(TEXT),
            "actor": TEXT,
            "details": nullable(ref("Values")),
        }
    ),
    "EventPage": record({"items": array(ref("Event"))}),
    "Message": record({"id": NUMBER}, text="The message waits for its receiver; delivering is the worker's work."),
    "Proposal": record(
        {"id": NUMBER, "draft_id": NUMBER, "process_key": TEXT, "status": TEXT, "changes": array(ref("Finding"))},
        text="A draft that a second person has to approve. changes: what was rewritten in diagrams of other tools.",
    ),
    "Finding": record(
        {
            "severity": {"enum": ["error", "warning", "change"]},
            "file": TEXT,
            "element": nullable(TEXT),
            "code": TEXT,
            "text": TEXT,
        }
    ),
    "Reason": record({"code": TEXT, "element": TEXT, "text": TEXT}, text="Why a case cannot move."),
    "Counts": {"type": "object", "description": "Cases by verdict or outcome.", "additionalProperties": NUMBER},
    "Impact": record(
        {
            "process_key": TEXT,
            "number": NUMBER,
            "names": ref("Values"),
            "counts": ref("Counts"),
            "items": array(
                record(
                    {
                        "instance_id": NUMBER,
                        "reference": TEXT,
                        "version": NUMBER,
                        "started_at": MOMENT,
                        "waits_at": array(TEXT),
                        "verdict": {"enum": ["unchanged", "move", "refused"]},
                        "reasons": array(ref("Reason")),
                        "changes": array({"enum": ["group", "assignee", "due", "follow_up", "priority"]}),
                    }
                )
            ),
        },
        text="names: proposed map from ids of elements that are gone to those that take their place. "
        "changes: what its waiting tasks take over when it moves, but for what somebody has set by hand.",
    ),
    "Migration": record(
        {
            "id": NUMBER,
            "process_key": TEXT,
            "number": NUMBER,
            "created_at": MOMENT,
            "counts": ref("Counts"),
            "left": NUMBER,
            "items": array(
                record(
                    {
                        "instance_id": NUMBER,
                        "reference": TEXT,
                        "outcome": TEXT,
                        "reasons": array(ref("Reason")),
                    }
                )
            ),
        },
        text="left: how many cases are still to be moved; the worker does it.",
    ),
    "NewMigration": record(
        {"to": {**SMALL, "minimum": 1}},
        {"names": {"type": "object", "additionalProperties": TEXT}},
        text="names: as in Impact, the proposal when left out.",
    ),
    "NewInstance": record({}, {"variables": ref("Values")}),
    "Colleagues": record({"items": array(record({"id": NUMBER, "name": TEXT}))}),
    "NewHandOver": record({"user_id": SMALL}, text="user_id: one of the task's colleagues."),
    "NewFollowUp": record(
        {}, {"on": DAY}, text="on: from tomorrow to two years ahead; left out, the task is back at once."
    ),
    "NewPriority": record({"priority": {**NUMBER, "minimum": 0, "maximum": 100}}, text="50 is normal."),
    "NewValues": record({"values": ref("Values")}),
    "NewDraft": record({"values": ref("Values")}, {"revision": SMALL}),
    "NewMessage": record(
        {"name": TEXT, "correlation_key": TEXT},
        {"variables": ref("Values"), "unique_key": ONCE},
    ),
    "Note": record(
        {
            "id": NUMBER,
            "case_id": NUMBER,
            "text": TEXT,
            "is_shared": {"type": "boolean"},
            "author": TEXT,
            "created_at": MOMENT,
        },
        text="is_shared: whoever asked reads it on the status page.",
    ),
    "NotePage": record({"items": array(ref("Note"))}),
    "NewNote": record({"text": TEXT}, {"is_shared": {"type": "boolean", "default": False}, "unique_key": ONCE}),
    "Contact": record(
        {
            "id": NUMBER,
            "case_id": nullable(NUMBER),
            "organisation_id": nullable(NUMBER),
            **CONTACT_MEMBERS,
            "follow_up_on": nullable(DAY),
            "followed_up_at": nullable(MOMENT),
            "author": TEXT,
            "created_at": MOMENT,
        }
    ),
    "ContactPage": record({"items": array(ref("Contact"))}),
    "NewContact": record(
        CONTACT_MEMBERS,
        {"follow_up_on": DAY, "unique_key": ONCE},
        text="office_task: a key of the code list of the office's tasks.",
    ),
    "Problem": {
        "type": "object",
        "description": "RFC 9457. type is a URN that names the case; further members tell its facts.",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": NUMBER,
            "detail": TEXT,
            "errors": array(record({"field": TEXT, "code": TEXT, "detail": TEXT})),
            "findings": array(ref("Finding")),
        },
        "required": ["type", "title", "status", "detail"],
    },
}
