"""The API held against its own OpenAPI document, as a stranger would try it: generated calls, good and bad."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport import SerializationContext
from sqlalchemy import select

from tests.conftest import Begin, Database
from tests.domain.conftest import ENQUIRY
from tests.webapp import sample
from tests.webapp.conftest import ADDRESS
from webapp.api.document import OPERATIONS, Operation
from workflows.domain import access_tokens, cases
from workflows.domain.people import User

EXAMPLES = 30
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schemathesis.serializer("application/zip")
def as_sent(_context: SerializationContext, value: Any) -> bytes:
    """An archive is sent as it is; what is none is sent as its text."""
    found = getattr(value, "data", value)
    return found if isinstance(found, bytes) else str(found).encode("utf-8", "replace")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough: what is tried is the border, and the border is the same on both."""
    return sqlite_database


@pytest.fixture
def tokens(begin: Begin, house: None) -> list[str]:
    """Tokens of those who may do most, one for reading only, with an instance under way."""
    with begin() as tx:
        sample.deploy(tx)
        cases.open_new(tx, ENQUIRY, channel="form", language="de", details={}, dedupe_key=None)
    made = []
    with begin() as tx:
        for role in ("coordinator", "process_owner"):
            user = tx.session.scalars(select(User).where(User.email == f"{role}@lotse.example")).one()
            made.append(access_tokens.create(tx, user.id, "Test")[1])
        made.append(access_tokens.create(tx, user.id, "Test", scope="read")[1])
    return made


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_generated_calls_are_answered_as_described(app: Flask, tokens: list[str], operation: Operation) -> None:
    client = app.test_client()
    start = {"variables": {}}
    answer = client.post(
        "/api/v1/processes/sample/instances",
        json=start,
        base_url=ADDRESS,
        headers={"Authorization": f"Bearer {tokens[0]}"},
    )
    assert answer.status_code == 201
    document = client.get("/api/v1/openapi.json", base_url=ADDRESS).json
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    described = schema[operation.path][operation.method.upper()]
    known: dict[str, Any] = {"{id}": {"id": 1}, "{key}": {"key": "sample"}}
    there = next((parameters for name, parameters in known.items() if name in operation.path), None)
    cases = st.one_of(
        described.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=there),
        described.as_strategy(generation_mode=GenerationMode.POSITIVE),
        described.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @seed(4)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, token=st.sampled_from(tokens))
    def calls(case: Any, token: str) -> None:
        answered = case.call(base_url=f"{ADDRESS}/api/v1", headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answered, checks=CHECKS)

    calls()
