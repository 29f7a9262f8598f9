"""Every route says who may be there, and no GET writes."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session, sessionmaker

from tests.webapp.conftest import ROLES, Browser, Enquired
from workflows.migrations import tables

FOR_ALL = {"/", "/anfrage", "/login", "/healthz", "/pages/imprint", "/api/v1/openapi.json"}
SENT_ON = {"/anfrage/beleg"}  # to the form, without a receipt
OF_ROLE = {
    "/inbox": {"coordinator", "leadership", "office"},
    "/inbox/rows": {"coordinator", "leadership", "office"},
    "/cases": {"coordinator", "leadership"},
    "/contacts": {"coordinator", "leadership"},
    "/contacts/new": {"coordinator", "leadership"},
    "/mails": {"coordinator", "leadership"},
    "/office": {"office"},
    "/notices": {"coordinator", "leadership", "office"},
    "/reports/referrals": {"coordinator", "leadership"},
    "/reports/referrals.csv": {"coordinator", "leadership"},
    "/reports/referrals/cases": {"coordinator", "leadership"},
    "/funding": {"coordinator", "leadership"},
    "/cases/new": {"coordinator", "leadership"},
    "/register": {"coordinator", "leadership"},
    "/register/new": {"coordinator", "leadership"},
    "/offices": {"coordinator", "leadership", "admin"},
    "/offices/new": {"coordinator", "admin"},
    "/audit": {"reviewer"},
    "/pages/imprint/edit": {"admin"},
}


def paths(app: Flask) -> list[str]:
    """One address for every rule that answers GET."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            path = rule.rule.replace("<key>", "imprint").replace("<token>", "unbekannt")
            for name in (
                "task_id",
                "case_id",
                "referral_id",
                "instance_id",
                "mail_id",
                "office_id",
                "organisation_id",
                "contact_id",
                "programme_id",
            ):
                path = path.replace(f"<int:{name}>", "4711")
            found.append(path)
    return sorted(found)


def test_every_route_declares_who_may_be_there(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            assert getattr(app.view_functions[rule.endpoint], "who", None), rule


@pytest.mark.parametrize("role", [None, *ROLES])
def test_each_role_sees_its_pages_and_no_others(
    app: Flask, browser: Browser, signed_in: Callable[[str], Browser], role: str | None
) -> None:
    visitor = signed_in(role) if role else browser
    for path in paths(app):
        status = visitor.get(path).status_code
        if path in FOR_ALL:
            expected = {302} if path == "/login" and role else {200}
        elif path in SENT_ON:
            expected = {302}
        elif path.startswith("/api/"):
            expected = {401}
        elif path.startswith(("/s/", "/r/", "/m/", "/demo/")):
            expected = {404}
        elif role is None:
            expected = {302}
        else:
            expected = {200} if role in OF_ROLE.get(path, set()) else {404}
        assert status in expected, (role, path, status)


def test_no_get_writes(
    app: Flask, signed_in: Callable[[str], Browser], sessions: sessionmaker[Session], enquiry: Enquired
) -> None:
    visitors = [Browser(app.test_client()), *(signed_in(role) for role in ROLES)]
    before = dump(sessions)
    for visitor in visitors:
        for path in paths(app):
            visitor.get(path)
            visitor.get(path.replace("4711", "1"))  # the first row of every kind
            visitor.get(path.replace("unbekannt", enquiry.token))
            visitor.client.head(path, base_url="https://lotse.example")
    assert dump(sessions) == before


def dump(sessions: sessionmaker[Session]) -> dict[str, list[Any]]:
    """Every row of every table."""
    metadata: MetaData = tables.metadata()
    with sessions() as session:
        return {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in metadata.sorted_tables}
