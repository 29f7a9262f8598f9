"""The API: its semantics, its guards, and every answer against its own OpenAPI document."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from tests.conftest import Begin
from tests.webapp import sample
from tests.webapp.conftest import ADDRESS
from tests.webapp.shapes import misfits
from webapp.api.document import OPERATIONS
from workflows.actions import task_list
from workflows.actions.beginnings import ASKED
from workflows.domain import access_tokens, people
from workflows.domain.people import ROLES


class Program:
    """A program with a token; every answer is held against the document."""

    def __init__(self, client: FlaskClient, token: str | None, document: dict[str, Any]) -> None:
        self.client = client
        self.token = token
        self.document = document

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if body is not None:
            more |= {"data": json.dumps(body), "content_type": "application/json"}
        answer = self.client.open(
            f"/api/v1{path}", method=method, base_url=ADDRESS, headers=headers if self.token else {}, **more
        )
        self.check(method, path.partition("?")[0], answer)
        return answer

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        for template, operations in self.document["paths"].items():
            parts, wanted = path.split("/"), template.split("/")
            fits = len(parts) == len(wanted) and all(
                b in (a, "{id}", "{key}") for a, b in zip(parts, wanted, strict=True)
            )
            if fits and method.lower() in operations:
                described = operations[method.lower()]["responses"].get(str(answer.status_code))
                assert described, (method, template, answer.status_code, answer.text)
                ((content_type, content),) = described["content"].items()
                assert answer.mimetype == content_type
                assert not misfits(answer.json, content["schema"], self.document), answer.text
                return

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def programs(app: Flask, house: None, begin: Begin) -> Callable[[str], Program]:
    """A program with the token of a role."""
    with begin() as tx:
        sample.deploy(tx)
    document = app.test_client().get("/api/v1/openapi.json", base_url=ADDRESS).json

    def program(role: str) -> Program:
        with begin() as tx:
            user = people.find_by_email(tx.session, f"{role}@lotse.example")
            _row, token = access_tokens.create(tx, user.id, "Test")
        return Program(app.test_client(), token, document)

    return program


@pytest.fixture
def program(programs: Callable[[str], Program]) -> Program:
    """The coordination's program."""
    return programs("coordinator")


@pytest.fixture
def instance(program: Program) -> Any:
    """A new instance with one open task."""
    body = {"variables": {"sum": {"$decimal": "12.50"}, "on": {"$date": "2026-03-02"}, "count": 3}}
    return program.post("/processes/sample/instances", body, 201)


def test_every_route_is_described_and_every_description_has_a_route(app: Flask) -> None:
    routes = {
        (method.lower(), rule.rule.removeprefix("/api/v1").replace("<key>", "{key}").split("<int:")[0])
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    described = {(operation.method, operation.path.split("{id}")[0]) for operation in OPERATIONS}
    assert routes == described


def test_an_instance_starts_and_says_where_it_stands(program: Program, instance: Any) -> None:
    assert instance["variables"] == {"sum": {"$decimal": "12.50"}, "on": {"$date": "2026-03-02"}, "count": 3}
    assert [task["name"] for task in instance["open_tasks"]] == ["Antworten"]
    assert program.get(f"/instances/{instance['id']}") == instance
    kinds = [event["kind"] for event in program.get(f"/instances/{instance['id']}/events")["items"]]
    assert kinds[0] == "instance.started"


def test_a_task_is_completed_and_the_next_is_named(program: Program, instance: Any) -> None:
    task = instance["open_tasks"][0]["id"]
    body = {"values": {"answer": "Ja", "amount": {"$decimal": "7.50"}, "on": "2026-03-05"}}
    after = program.post(f"/tasks/{task}/complete", body)
    assert [each["element_id"] for each in after["open_tasks"]] == ["second"]
    assert after["variables"]["amount"] == {"$decimal": "7.5"}
    assert after["variables"]["on"] == {"$date": "2026-03-05"}
    done = program.get(f"/tasks/{task}")
    assert (done["status"], done["done_by"]) == ("done", "Person coordinator")


def test_a_late_completion_is_told_who_was_first(program: Program, instance: Any) -> None:
    task = instance["open_tasks"][0]["id"]
    program.post(f"/tasks/{task}/complete", {"values": {"answer": "Ja"}})
    late = program.post(f"/tasks/{task}/complete", {"values": {"answer": "Nein"}}, 409)
    assert late["type"] == "urn:lotse:problem:task_done"
    assert late["by"] == "Person coordinator"
    shown = datetime.fromisoformat(late["at"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert late["detail"] == f"Diese Aufgabe hat Person coordinator am {shown:%d.%m.%Y, %H:%M} erledigt."


def test_refusals_without_a_code_of_their_own_are_said_in_german_too(program: Program) -> None:
    refused = [
        program.call("GET", "/nirgends"),
        program.call("DELETE", "/tasks"),
        program.call("POST", "/processes/sample/instances", data="x", content_type="text/plain"),
        program.call("POST", "/processes/sample/instances", data="{", content_type="application/json"),
        program.call("POST", "/processes/sample/instances", data="[]", content_type="application/json"),
    ]
    assert [each.status_code for each in refused] == [404, 405, 415, 400, 400]
    assert [each.json["detail"] for each in refused if each.json] == [
        "Das gibt es nicht, oder Sie dürfen es nicht sehen.",
        "Diese Adresse kennt diese Methode nicht.",
        "Diese Art Inhalt (Content-Type) wird hier nicht angenommen.",
        "Der gesendete Inhalt ist kein JSON.",
        "Der gesendete Inhalt ist kein JSON-Objekt.",
    ]


def test_wrong_fields_are_named(program: Program, instance: Any) -> None:
    task = instance["open_tasks"][0]["id"]
    wrong = program.post(f"/tasks/{task}/complete", {"values": {"amount": "viel", "fremd": 1}}, 422)
    assert {(each["field"], each["code"]) for each in wrong["errors"]} == {
        ("answer", "required"),
        ("amount", "not_a_number"),
        ("fremd", "unknown_field"),
    }
    assert program.get(f"/tasks/{task}")["status"] == "open"


def test_claim_draft_release(program: Program, programs: Callable[[str], Program], instance: Any) -> None:
    task = instance["open_tasks"][0]["id"]
    for sent in ({"content_type": "text/plain"}, {"content_type": "application/x-www-form-urlencoded"}):
        assert program.call("POST", f"/tasks/{task}/claim", data="a=b", **sent).status_code == 415
    assert program.post(f"/tasks/{task}/claim", None)["assignee_id"]
    program.post(f"/tasks/{task}/draft", {"values": {"answer": "halb"}, "revision": 0})
    assert program.get(f"/tasks/{task}")["draft"] == {"answer": "halb"}
    assert program.post(f"/tasks/{task}/draft", {"values": {}, "revision": 0}, 409)["type"].endswith("draft_conflict")
    assert program.post(f"/tasks/{task}/release", None)["assignee_id"] is None


def test_a_task_is_handed_over_put_off_and_called_urgent(program: Program, instance: Any) -> None:
    task = instance["open_tasks"][0]["id"]
    people = program.get(f"/tasks/{task}/colleagues")["items"]
    assert {"Person coordinator", "Person leadership"} == {person["name"] for person in people}
    given = program.post(f"/tasks/{task}/hand-over", {"user_id": people[0]["id"]})
    assert given["assignee_id"] == people[0]["id"]
    wrong = program.post(f"/tasks/{task}/hand-over", {"user_id": 4711}, 422)
    assert [error["code"] for error in wrong["errors"]] == ["not_a_colleague"]
    assert program.post(f"/tasks/{task}/follow-up", {"on": "2026-03-20"})["follow_up_on"] == "2026-03-20"
    assert program.get("/tasks?process=sample&follow_up=asleep")["items"][0]["id"] == task
    assert program.post(f"/tasks/{task}/follow-up", {"on": "morgen"}, 422)["errors"][0]["code"] == "not_a_date"
    assert program.post(f"/tasks/{task}/follow-up", {})["follow_up_on"] is None
    assert program.post(f"/tasks/{task}/priority", {"priority": 90})["priority"] == 90
    assert program.get("/tasks?priority=high&sort=priority&scope=group")["items"][0]["id"] == task
    assert program.post(f"/tasks/{task}/priority", {"priority": 101}, 422)["errors"][0]["code"] == "out_of_range"


def test_pages_of_tasks_follow_each_other(program: Program) -> None:
    for _ in range(5):
        program.post("/processes/sample/instances", {}, 201)
    seen, address = [], "/tasks?limit=2&process=sample"
    page = program.get(address)
    while page["next"]:
        seen += page["items"]
        page = program.get(f"{address}&cursor={page['next']}")
    seen += page["items"]
    assert len({task["id"] for task in seen}) == len(seen) == 5


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=viel",
        "limit=101",
        "limit=00259999",
        f"limit=0001{'9' * 5_000}",
        "cursor=x",
        "cursor=fDk5OTk5OTk5OTk5",
        "assignee=ich",
        "assignee=99999999999",
        "unbekannt=1",
    ],
)
def test_odd_queries_are_refused(program: Program, query: str) -> None:
    assert program.call("GET", f"/tasks?{query}").status_code == 422


def test_foreign_and_absent_are_the_same(programs: Callable[[str], Program], instance: Any) -> None:
    task, number = instance["open_tasks"][0]["id"], instance["id"]
    for role in ("office", "reviewer", "process_owner", "admin"):
        other = programs(role)
        for path in (
            f"/tasks/{task}",
            f"/instances/{number}",
            f"/instances/{number}/events",
            "/tasks/999",
            "/instances/9",
        ):
            assert other.call("GET", path).status_code == 404
        for verb in ("claim", "release"):
            assert other.call("POST", f"/tasks/{task}/{verb}").status_code == 404
        for verb in ("draft", "complete"):
            assert other.call("POST", f"/tasks/{task}/{verb}", {"values": {"answer": "x"}}).status_code == 404
        assert other.get("/tasks")["items"] == []


def test_messages_are_sent_once_per_key(program: Program) -> None:
    body = {"name": "reply", "correlation_key": "2026-0001", "unique_key": "k1", "variables": {"a": 1}}
    first = program.post("/messages", body, 201)
    assert program.post("/messages", body, 201) == first
    for length, status in ((200, 201), (201, 422)):
        long = program.call("POST", "/messages", {**body, "unique_key": "k" * length})
        assert (long.status_code, length) == (status, length)


def test_bundles_wait_for_a_second_person_or_their_findings_are_named(programs: Callable[[str], Program]) -> None:
    owner = programs("process_owner")
    archive = {"content_type": "application/zip"}
    answer = owner.call("POST", "/bundles", data=sample.archive(), **archive)
    assert (answer.status_code, answer.json["process_key"], answer.json["status"]) == (201, "sample", "submitted")
    answer = owner.call("POST", "/bundles", data=sample.archive({"sample.bpmn": b"<nichts/>"}), **archive)
    assert answer.status_code == 422
    assert answer.json["findings"]
    assert owner.call("POST", "/bundles", data=b"kein Zip", **archive).status_code == 400
    assert owner.call("POST", "/bundles", {"a": 1}).status_code == 415


def test_a_bundle_whose_scenarios_fail_is_refused_with_the_step_by_name(programs: Callable[[str], Program]) -> None:
    told = {
        "title": "Eine Antwort",
        "start": {"day": date(2026, 3, 2), "process": "sample", "enquiry": dict(ASKED)},
        "steps": [
            {"complete": "first", "by": "coordination", "values": {"answer": "Ja"}},
            {"expect": {"tasks": [], "ended": False}},
        ],
    }
    data = sample.archive(beside={"scenarios/one.yaml": yaml.safe_dump(told).encode()})
    answer = programs("process_owner").call("POST", "/bundles", data=data, content_type="application/zip")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:lotse:problem:scenarios_fail")
    assert answer.json["failed"] == [{"scenario": "one", "title": "Eine Antwort", "step": 2, "place": "Antworten"}]
    assert "„Eine Antwort“ (one, Schritt 2 bei „Antworten“)" in answer.json["detail"]


def test_only_a_valid_token_opens_the_api(app: Flask, program: Program) -> None:
    for token in (None, "falsch", "lotse_falsch"):
        nobody = Program(app.test_client(), token, program.document)
        answer = nobody.call("GET", "/tasks")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_the_api_takes_no_cookies(program: Program, app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/api/v1/tasks", base_url=ADDRESS, headers={"Authorization": f"Bearer {program.token}"})
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


BROKEN: list[tuple[int, dict[str, Any]]] = [
    (415, {"data": "{}", "content_type": "text/plain"}),
    (415, {"data": {"values": "x"}}),
    (400, {"data": "{", "content_type": "application/json"}),
    (400, {"data": "[]", "content_type": "application/json"}),
    (400, {"data": '{"values": {"answer": "\\u0000"}}', "content_type": "application/json"}),
    (413, {"data": " " * (1024 * 1024 + 1), "content_type": "application/json"}),
    (422, {"data": "{}", "content_type": "application/json"}),
    (422, {"data": '{"values": 1}', "content_type": "application/json"}),
    (422, {"data": '{"values": {}, "more": 1}', "content_type": "application/json"}),
    (422, {"data": '{"values": {"a": {"$date": "morgen"}}}', "content_type": "application/json"}),
    (422, {"data": '{"values": {"a": {"$decimal": "NaN"}}}', "content_type": "application/json"}),
    (422, {"data": '{"values": {"a": {"$duration": 5}}}', "content_type": "application/json"}),
    (422, {"data": '{"values": {"a": ' + "[" * 500 + "]" * 500 + "}}", "content_type": "application/json"}),
]


@pytest.mark.parametrize(("status", "sent"), BROKEN, ids=range(len(BROKEN)))
def test_broken_bodies_are_no_bugs(program: Program, instance: Any, status: int, sent: dict[str, Any]) -> None:
    task = instance["open_tasks"][0]["id"]
    assert program.call("POST", f"/tasks/{task}/complete", **sent).status_code == status


def test_a_revision_that_never_was_is_a_conflict_however_large(program: Program, instance: Any) -> None:
    sent = {"values": {}, "revision": 2**31 - 1}
    told = program.post(f"/tasks/{instance['open_tasks'][0]['id']}/draft", sent, 409)
    assert told["type"].endswith("draft_conflict")


def test_a_wrong_method_is_told_the_right_ones(program: Program) -> None:
    refused = program.client.delete("/api/v1/tasks", base_url=ADDRESS)
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_database_that_is_away_is_told_as_described(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(task_list, "list_tasks", away)
    answer = program.call("GET", "/tasks")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**64 - 1, -1])
def test_no_number_is_larger_than_its_column(program: Program, instance: Any, number: int) -> None:
    task = instance["open_tasks"][0]["id"]
    for address, sent in (
        (f"/tasks/{task}/draft", {"values": {}, "revision": number}),
        (f"/tasks/{task}/hand-over", {"user_id": number}),
        (f"/tasks/{task}/priority", {"priority": number}),
    ):
        assert program.call("POST", address, json=sent).status_code == 422, address


def test_each_role_starts_only_what_it_may(programs: Callable[[str], Program]) -> None:
    for role in ROLES:
        status = programs(role).call("POST", "/processes/sample/instances", {}).status_code
        assert status == (201 if role in ("coordinator", "leadership") else 403), role
    assert programs("coordinator").call("POST", "/processes/unbekannt/instances", {}).status_code == 404
