"""The operations of the API: the same verbs as the pages, for programs."""

from datetime import date

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from webapp.access import PUBLIC, TOKEN, Refusal, view
from webapp.api import shown
from webapp.api.bodies import read_json, read_nothing, read_zip
from webapp.api.document import document
from webapp.errors import problem
from webapp.extensions import csrf
from webapp.forms.reading import whole_number
from webapp.security import row_id
from workflows.actions import assigning, inbox, messages, processes, publishing, task_list
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx
from workflows.engine.findings import BundleRefused

api = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(api)  # no cookies are read here, so no other site can borrow them

MOST_TASKS = 100
CHOICES = {
    "scope": task_list.SCOPES,
    "due": task_list.DUE,
    "priority": task_list.PRIORITIES,
    "follow_up": task_list.FOLLOW_UPS,
    "sort": task_list.SORTS,
}


@view(api, "/openapi.json", who=PUBLIC)
def openapi(tx: Tx) -> ResponseReturnValue:
    """The description of this API."""
    return jsonify(document(f"{tx.settings.public_url}/api/v1"))


@view(api, "/processes/<key>/instances", who=TOKEN, methods=("POST",))
def start_instance(tx: Tx, key: str) -> ResponseReturnValue:
    """Start a process."""
    body = read_json({}, {"variables": dict})
    instance = processes.start(tx, key, body.get("variables", {}))
    return jsonify(shown.instance(tx, instance)), 201


@view(api, "/instances/<int:instance_id>", who=TOKEN)
def get_instance(tx: Tx, instance_id: int) -> ResponseReturnValue:
    """Where an instance stands."""
    return jsonify(shown.instance(tx, processes.read(tx, instance_id)))


@view(api, "/instances/<int:instance_id>/events", who=TOKEN)
def list_events(tx: Tx, instance_id: int) -> ResponseReturnValue:
    """What happened in it, oldest first."""
    return jsonify(items=[shown.event(event) for event in processes.events(tx, instance_id)])


@view(api, "/tasks", who=TOKEN)
def list_tasks(tx: Tx) -> ResponseReturnValue:
    """Open tasks, due first, page by page."""
    page = task_list.list_tasks(tx, _filter())
    return jsonify(items=[shown.task(row) for row in page.items], next=page.next)


def _filter() -> task_list.Filter:
    sent = request.args
    limit, assignee = whole_number(sent.get("limit", "25"), 1, MOST_TASKS), sent.get("assignee", "")
    problems = {name: (Problem("unknown_field"),) for name in sent if name not in shown.QUERY}
    if limit is None:
        problems["limit"] = (Problem("out_of_range", {"min": 1, "max": MOST_TASKS}),)
    if assignee not in {"", "me", task_list.NOBODY} and row_id(assignee) is None:
        problems["assignee"] = (Problem("not_a_number"),)
    for name, choices in CHOICES.items():
        if sent.get(name, "") not in {"", *choices}:
            problems[name] = (Problem("not_an_option"),)
    if problems or limit is None:
        raise Invalid(problems)
    return task_list.Filter(
        process=sent.get("process", ""),
        group=sent.get("group", ""),
        assignee=assignee,
        words=sent.get("q", "")[:200],
        scope=sent.get("scope", "") or "all",
        due=sent.get("due", ""),
        priority=sent.get("priority", ""),
        follow_up=sent.get("follow_up", "") or "any",
        sort=sent.get("sort", "") or "due",
        limit=limit,
        cursor=sent.get("cursor", ""),
    )


@view(api, "/tasks/<int:task_id>", who=TOKEN)
def get_task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """A task with its form."""
    return jsonify(shown.opened(inbox.open_form(tx, task_id)))


@view(api, "/tasks/<int:task_id>/claim", who=TOKEN, methods=("POST",))
def claim_task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Take a task."""
    read_nothing()
    return jsonify(shown.task(assigning.claim(tx, task_id)))


@view(api, "/tasks/<int:task_id>/release", who=TOKEN, methods=("POST",))
def release_task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Give a task back."""
    read_nothing()
    return jsonify(shown.task(assigning.release(tx, task_id)))


@view(api, "/tasks/<int:task_id>/colleagues", who=TOKEN)
def list_colleagues(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Who a task can be handed over to."""
    people = assigning.colleagues_for(tx, task_id)
    return jsonify(items=[{"id": user.id, "name": user.name} for user in people])


@view(api, "/tasks/<int:task_id>/hand-over", who=TOKEN, methods=("POST",))
def hand_over_task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Give a task to a colleague."""
    return jsonify(shown.task(assigning.hand_over(tx, task_id, read_json({"user_id": int})["user_id"])))


@view(api, "/tasks/<int:task_id>/follow-up", who=TOKEN, methods=("POST",))
def postpone_task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Put a task off to a day; without one it is back at once."""
    sent = read_json({}, {"on": str}).get("on")
    try:
        on = date.fromisoformat(sent) if sent is not None else None
    except ValueError:
        raise Invalid({"on": (Problem("not_a_date"),)}) from None
    return jsonify(shown.task(assigning.postpone(tx, task_id, on)))


@view(api, "/tasks/<int:task_id>/priority", who=TOKEN, methods=("POST",))
def prioritise_task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Say how urgent a task is."""
    return jsonify(shown.task(assigning.prioritise(tx, task_id, read_json({"priority": int})["priority"])))


@view(api, "/tasks/<int:task_id>/draft", who=TOKEN, methods=("POST",))
def save_draft(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Keep values that are not sent yet."""
    body = read_json({"values": dict}, {"revision": int})
    return jsonify(shown.task(inbox.save_draft(tx, task_id, body["values"], body.get("revision"))))


@view(api, "/tasks/<int:task_id>/complete", who=TOKEN, methods=("POST",))
def complete_task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Complete a task; the answer says what is open in the instance now."""
    instance = inbox.complete(tx, task_id, read_json({"values": dict})["values"])
    return jsonify(shown.instance(tx, instance))


@view(api, "/messages", who=TOKEN, methods=("POST",))
def send_message(tx: Tx) -> ResponseReturnValue:
    """Send a message to waiting instances."""
    body = read_json({"name": str, "correlation_key": str}, {"variables": dict, "unique_key": str})
    return jsonify(id=messages.post(tx, **body).id), 201


@view(api, "/bundles", who=TOKEN, methods=("POST",))
def propose_bundle(tx: Tx) -> ResponseReturnValue:
    """Make a draft of a bundle that waits for a second person, or say what is wrong with it."""
    try:
        proposed = publishing.propose(tx, read_zip(), request.args.get("comment", "API"))
    except BundleRefused as refused:
        raise Refusal(problem(422, "bundle_refused", members={"findings": shown.findings(refused)})) from refused
    return jsonify(shown.proposed(proposed)), 201
