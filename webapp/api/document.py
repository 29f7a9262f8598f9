"""The OpenAPI 3.1 document, made from one table of operations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.api.schemas import NUMBER, SCHEMAS, TEXT, Schema, ref
from workflows.actions import task_list

PROBLEM = {"application/problem+json": {"schema": ref("Problem")}}
WORDS: Mapping[int, str] = {
    200: "Done",
    201: "Created",
    400: "The request cannot be read",
    401: "No valid token",
    403: "Visible, but not allowed",
    404: "Not there, or not yours",
    409: "The state has moved on",
    413: "Too large",
    415: "Wrong content type",
    422: "Some fields are not right, or the bundle has findings",
    503: "The database is away for a moment, nothing was done; Retry-After says when to try again",
}


def _one_of(choices: Sequence[str]) -> Schema:
    return {**TEXT, "enum": list(choices)}


QUERY: Mapping[str, tuple[Schema, str]] = {
    "process": (TEXT, "key of a process"),
    "group": (TEXT, "group key such as group:coordination"),
    "assignee": (TEXT, "id of a user, me, or nobody"),
    "scope": (_one_of(task_list.SCOPES), "mine, my groups', of those I stand in for, or all (the default)"),
    "due": (_one_of(task_list.DUE), "soon: within two days"),
    "priority": (_one_of(task_list.PRIORITIES), "above, at or below 50"),
    "follow_up": (_one_of(task_list.FOLLOW_UPS), "back: the day has come; asleep: put off; any is the default"),
    "sort": (_one_of(task_list.SORTS), "due is the default"),
    "q": (TEXT, "words that all occur, beginnings suffice"),
    "limit": ({**NUMBER, "minimum": 1, "maximum": 100, "default": 25}, "at most this many"),
    "cursor": (TEXT, "next of the page before"),
}


MORE_QUERY: Mapping[str, tuple[Schema, str]] = {
    "to": ({**NUMBER, "minimum": 1}, "number of a version; the live one is the default"),
}
"""Parameters of operations other than the list of tasks."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``body`` and ``answer`` name schemas, ``errors`` are the statuses besides 400, 401 and 503."""

    method: str
    path: str
    name: str
    text: str
    status: int
    answer: str
    errors: tuple[int, ...]
    body: str | None = None
    query: tuple[str, ...] = field(default=())


ZIP = "zip"
WRITING = (400, 403, 404, 409, 413, 415, 422)
OPERATIONS = (
    Operation(
        "post",
        "/processes/{key}/instances",
        "startInstance",
        "Start a process",
        201,
        "Instance",
        WRITING,
        "NewInstance",
    ),
    Operation("get", "/instances/{id}", "getInstance", "Where an instance stands", 200, "Instance", (404,)),
    Operation("get", "/instances/{id}/events", "listEvents", "What happened, oldest first", 200, "EventPage", (404,)),
    Operation("get", "/tasks", "listTasks", "Open tasks, due first", 200, "TaskPage", (422,), query=tuple(QUERY)),
    Operation("get", "/tasks/{id}", "getTask", "A task with its form", 200, "TaskWithForm", (404,)),
    Operation("post", "/tasks/{id}/claim", "claimTask", "Take a task", 200, "Task", WRITING),
    Operation("post", "/tasks/{id}/release", "releaseTask", "Give a task back", 200, "Task", WRITING),
    Operation(
        "get", "/tasks/{id}/colleagues", "listColleagues", "Who a task can be handed over to", 200, "Colleagues", (404,)
    ),
    Operation(
        "post",
        "/tasks/{id}/hand-over",
        "handOverTask",
        "Give a task to a colleague",
        200,
        "Task",
        WRITING,
        "NewHandOver",
    ),
    Operation(
        "post",
        "/tasks/{id}/follow-up",
        "postponeTask",
        "Put a task off to a day",
        200,
        "Task",
        WRITING,
        "NewFollowUp",
    ),
    Operation(
        "post",
        "/tasks/{id}/priority",
        "prioritiseTask",
        "Say how urgent a task is",
        200,
        "Task",
        WRITING,
        "NewPriority",
    ),
    Operation("post", "/tasks/{id}/draft", "saveDraft", "Keep unsent values", 200, "Task", WRITING, "NewDraft"),
    Operation("post", "/tasks/{id}/complete", "completeTask", "Complete a task", 200, "Instance", WRITING, "NewValues"),
    Operation("get", "/cases/{id}/notes", "listNotes", "Notes of a case", 200, "NotePage", (404,)),
    Operation("post", "/cases/{id}/notes", "addNote", "Keep a note", 201, "Note", WRITING, "NewNote"),
    Operation("get", "/cases/{id}/contacts", "listContacts", "Contacts of a case", 200, "ContactPage", (404,)),
    Operation("post", "/cases/{id}/contacts", "logContact", "Keep a contact", 201, "Contact", WRITING, "NewContact"),
    Operation("post", "/messages", "sendMessage", "Send a message", 201, "Message", WRITING, "NewMessage"),
    Operation(
        "get",
        "/processes/{key}/impact",
        "getImpact",
        "What a version means for each running case; changes nothing",
        200,
        "Impact",
        (403, 404, 422),
        query=("to",),
    ),
    Operation(
        "post",
        "/processes/{key}/migrations",
        "startMigration",
        "Move the running cases that can be moved",
        201,
        "Migration",
        WRITING,
        "NewMigration",
    ),
    Operation("get", "/migrations/{id}", "getMigration", "What became of each case", 200, "Migration", (403, 404)),
    Operation("post", "/bundles", "proposeBundle", "Propose a bundle (zip)", 201, "Proposal", WRITING, ZIP),
)


def document(server: str) -> dict[str, Any]:
    """The whole document; ``server`` is the public address of the API."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lotse", "version": "1", "description": "Errors are problem documents (RFC 9457)."},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "lotse token USER"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(operation.status): {
            "description": WORDS[operation.status],
            "content": {"application/json": {"schema": ref(operation.answer)}},
        }
    }
    for status in sorted({400, 401, 503, *operation.errors}):
        answers[str(status)] = {"description": WORDS[status], "content": PROBLEM}
    described: dict[str, Any] = {"operationId": operation.name, "summary": operation.text, "responses": answers}
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    return described


def _content(body: str) -> dict[str, Any]:
    if body == ZIP:
        return {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": ref(body)}}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    for name, schema in (("key", TEXT), ("id", NUMBER)):
        if f"{{{name}}}" in operation.path:
            parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    for name in operation.query:
        schema, text = {**QUERY, **MORE_QUERY}[name]
        parameters.append({"name": name, "in": "query", "required": False, "schema": schema, "description": text})
    return parameters
