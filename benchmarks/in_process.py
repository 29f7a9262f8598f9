"""What needs no running server: statements per completion, an expression, the time until the first answer."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient

from benchmarks import work
from benchmarks.databases import Database
from benchmarks.house import House
from benchmarks.processes import await_answer, environ_for, free_port, running
from benchmarks.statements import counted
from webapp.app import create_app
from webapp.extensions import db
from workflows.feel import compile_expression

EXPRESSION = 'topic in ("rooms", "funding") and amount <= 2500'
EVALUATIONS = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    """The most that one completion asked of the database, sign-in apart."""

    statements: int
    sign_in: int
    commits: int


def asked(house: House) -> Asked:
    """Complete one instance through the app in this process, counting."""
    app = create_app(house.settings)
    with app.app_context():
        engine = db.engine
    client = app.test_client()
    headers = {"Authorization": f"Bearer {house.token}"}
    instance = _post(client, headers, f"/processes/{work.KEY}/instances", {"variables": {}})
    counts = []
    for values in work.VALUES:
        task_id = instance["open_tasks"][0]["id"]
        with counted(engine) as count:
            instance = _post(client, headers, f"/tasks/{task_id}/complete", {"values": values})
        counts.append(count)
    engine.dispose()
    return Asked(
        max(len(count.statements) for count in counts),
        max(len(count.sign_in) for count in counts),
        max(count.commits for count in counts),
    )


def _post(client: FlaskClient, headers: dict[str, str], path: str, body: object) -> Any:
    answer = client.post(f"/api/v1{path}", headers=headers, json=body)
    assert answer.status_code < 300, answer.text
    return answer.json


def expression_microseconds() -> float:
    """The median of evaluating a typical condition that is compiled already."""
    expression = compile_expression(EXPRESSION)
    context = {"topic": "rooms", "amount": 1200}
    taken = []
    for _ in range(EVALUATIONS):
        begun = perf_counter()
        expression.evaluate(context)
        taken.append(perf_counter() - begun)
    return median(taken) * 1e6


def cold_start(database: Database, folder: Path, runs: int = 3) -> float:
    """Seconds from starting the web server to the first answered page; the median."""
    taken = []
    for _ in range(runs):
        port = free_port()
        begun = perf_counter()
        with running("webapp.cli", "web", "--port", str(port), environ=environ_for(database.url, folder, port)):
            await_answer(port, "/login")
            taken.append(perf_counter() - begun)
    return median(taken)
