"""The page on which people choose how to hear of their tasks."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from workflows.core.audit.log import AuditEntry
from workflows.domain.people import User

SignIn = Callable[[str], Browser]


@pytest.mark.parametrize("role", ["coordinator", "leadership", "office"])
def test_everybody_with_tasks_chooses_for_themselves(signed_in: SignIn, begin: Begin, role: str) -> None:
    mine = signed_in(role)
    page = mine.get("/notices").text
    assert f"{role}@lotse.example" in page
    assert 'href="/notices"' in mine.get("/account").text
    for when, is_immediate in (("immediate", True), ("digest", False), ("digest", False)):
        assert mine.post("/notices", {"when": when}).location == "/notices"
        assert f'value="{when}" selected' in mine.get("/notices").text
        with begin() as tx:
            user = tx.session.scalars(select(User).where(User.email == f"{role}@lotse.example")).one()
            assert (user.immediate_since is not None) == is_immediate
    with begin() as tx:
        changed = select(AuditEntry).where(AuditEntry.event == "user.notice_chosen")
        assert {entry.object for entry in tx.session.scalars(changed)} == {f"user:{user.id}"}


def test_something_else_is_refused_and_others_have_no_such_page(signed_in: SignIn) -> None:
    assert signed_in("coordinator").post("/notices", {"when": "hourly"}).status_code == 422
    assert signed_in("reviewer").post("/notices", {"when": "digest"}).status_code == 404
    assert 'href="/notices"' not in signed_in("reviewer").get("/account").text
