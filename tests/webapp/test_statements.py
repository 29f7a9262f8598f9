"""What one completed task costs the database on its whole way through the API: counted, not timed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from benchmarks import work
from benchmarks.statements import Count, counted
from tests.conftest import Begin, Database
from tests.webapp.conftest import ADDRESS
from webapp.extensions import db
from workflows.actions import bundles
from workflows.domain import access_tokens, people

MOST = 12


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """The goal is one for the server database."""
    return postgres_database


def test_a_completion_takes_few_statements_and_one_commit(app: Flask, house: None, begin: Begin) -> None:
    with begin() as tx:
        bundles.deploy_missing(tx, work.BUNDLES)
        user = people.find_by_email(tx.session, "coordinator@lotse.example")
        assert user is not None
        _row, token = access_tokens.create(tx, user.id, "Messung", timedelta(days=1))
    with app.app_context():
        engine = db.engine

    def post(path: str, body: Any) -> tuple[Any, Count]:
        headers = {"Authorization": f"Bearer {token}"}
        with counted(engine) as count:
            answer = app.test_client().post(f"/api/v1{path}", base_url=ADDRESS, headers=headers, json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json, count

    instance, _start = post(f"/processes/{work.KEY}/instances", {"variables": {}})
    for values in work.VALUES:
        (task,) = instance["open_tasks"]
        instance, count = post(f"/tasks/{task['id']}/complete", {"values": values})
        assert len(count.statements) <= MOST, "\n".join(count.statements)
        assert count.commits == 1
        assert len(count.sign_in) >= 1
    assert instance["status"] == "completed"
