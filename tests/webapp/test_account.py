"""One's own account: sessions, password, tokens, deputies."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp import sample
from tests.webapp.conftest import ADDRESS, PASSWORD, Browser
from workflows.core.clock import SetClock
from workflows.domain.access_tokens import ApiToken
from workflows.domain.people import Deputyship

SignedIn = Callable[[str], Browser]
NEW = "ein ganz anderer Satz 7"


def test_own_sessions_are_listed_and_ended_one_by_one(signed_in: SignedIn) -> None:
    mine, other = signed_in("coordinator"), signed_in("coordinator")
    page = mine.get("/account").text
    assert "diese Anmeldung" in page
    (session,) = re.findall(r'name="session" value="([0-9a-f]{64})"', page)  # this one has no button
    assert mine.post("/account/sessions/end", {"session": session}).status_code == 302
    assert other.get("/inbox").status_code == 302
    assert mine.get("/inbox").status_code == 200


def test_all_other_sessions_end_at_once(signed_in: SignedIn) -> None:
    mine, *others = (signed_in("coordinator") for _ in range(3))
    mine.post("/account/sessions/end-others")
    assert [other.get("/inbox").status_code for other in others] == [302, 302]
    assert mine.get("/inbox").status_code == 200


def test_sessions_of_others_do_not_exist(signed_in: SignedIn) -> None:
    victim, mine = signed_in("leadership"), signed_in("coordinator")
    signed_in("leadership")
    (session,) = re.findall(r'name="session" value="([0-9a-f]{64})"', victim.get("/account").text)
    assert mine.post("/account/sessions/end", {"session": session}).status_code == 404


def test_changing_the_password_ends_other_sessions_and_renews_this_one(signed_in: SignedIn) -> None:
    mine, other = signed_in("coordinator"), signed_in("coordinator")
    stolen = Browser(mine.client.application.test_client())
    for cookie in mine.client._cookies.values():
        stolen.client.set_cookie(cookie.key, cookie.value, domain="lotse.example", secure=True)
    sent = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert mine.post("/account/password", sent).location == "/account"
    assert mine.get("/inbox").status_code == 200
    assert other.get("/inbox").status_code == 302
    assert stolen.get("/inbox").status_code == 302  # also whoever had this session's cookie of before


@pytest.mark.parametrize(
    ("old", "password", "told"),
    [("falsch", NEW, "bisherige Passwort stimmt nicht"), (PASSWORD, "zu kurz", "mindestens 12")],
)
def test_a_refused_change_changes_nothing(signed_in: SignedIn, old: str, password: str, told: str) -> None:
    mine, other = signed_in("coordinator"), signed_in("coordinator")
    refused = mine.post("/account/password", {"old": old, "password": password, "again": password})
    assert refused.status_code == 422
    assert told in refused.text
    assert other.get("/inbox").status_code == 200


def test_old_passwords_cannot_be_tried_out(signed_in: SignedIn) -> None:
    mine = signed_in("coordinator")
    sent = {"old": "falsch", "password": NEW, "again": NEW}
    assert [mine.post("/account/password", sent).status_code for _ in range(11)] == [422] * 10 + [429]


def _make_token(mine: Browser, scope: str = "work", days: str = "90", name: str = "Skript") -> str:
    answer = mine.post("/account/tokens", {"name": name, "scope": scope, "days": days})
    assert answer.status_code == 200
    (text,) = re.findall(r"lotse_[\w-]{43}", answer.text)
    return text


def test_a_token_is_shown_once_stored_hashed_and_works(app: Flask, signed_in: SignedIn, begin: Begin) -> None:
    mine = signed_in("coordinator")
    text = _make_token(mine)
    assert text not in mine.get("/account/tokens").text
    with begin() as tx:
        token = tx.session.scalars(select(ApiToken)).one()
        assert text not in token.hash
        assert token.expires_at == tx.now + timedelta(days=90)
    headers = {"Authorization": f"Bearer {text}"}
    assert app.test_client().get("/api/v1/tasks", base_url=ADDRESS, headers=headers).status_code == 200
    assert mine.post(f"/account/tokens/{token.id}/revoke").status_code == 302
    assert app.test_client().get("/api/v1/tasks", base_url=ADDRESS, headers=headers).status_code == 401


def test_a_token_for_reading_changes_nothing(app: Flask, signed_in: SignedIn, begin: Begin) -> None:
    with begin() as tx:
        sample.deploy(tx)
    task_id = sample.start(begin)
    headers = {"Authorization": f"Bearer {_make_token(signed_in('coordinator'), 'read')}"}
    client = app.test_client()
    assert client.get(f"/api/v1/tasks/{task_id}", base_url=ADDRESS, headers=headers).status_code == 200
    refused = client.post(f"/api/v1/tasks/{task_id}/claim", base_url=ADDRESS, headers=headers, json={})
    assert (refused.status_code, refused.json["type"]) == (403, "urn:lotse:problem:token_reads_only")


def test_sent_twice_or_after_going_back_the_last_token_counts(app: Flask, signed_in: SignedIn, begin: Begin) -> None:
    mine = signed_in("coordinator")
    made = []
    for key in ("one", "one", "drawn anew"):
        page = mine.post("/account/tokens", {"name": "Skript", "scope": "read", "days": "30", "unique_key": key}).text
        made += [(*re.findall(r"lotse_[\w-]{43}", page), "es gilt nur dieser" in page)]
    assert [is_told for _text, is_told in made] == [False, True, True]
    _make_token(mine, name="Ein anderes")
    client = app.test_client()
    headers = [{"Authorization": f"Bearer {text}"} for text, _is_told in made]
    answers = [client.get("/api/v1/tasks", base_url=ADDRESS, headers=each).status_code for each in headers]
    assert answers == [401, 401, 200]
    with begin() as tx:
        assert sorted(tx.session.scalars(select(ApiToken.name))) == ["Ein anderes", "Skript"]


@pytest.mark.parametrize("days", ["366", "0", "-1", "abc", "99999999999"])
def test_no_token_lives_longer_than_a_year(signed_in: SignedIn, begin: Begin, days: str) -> None:
    refused = signed_in("coordinator").post("/account/tokens", {"name": "x", "scope": "work", "days": days})
    assert refused.status_code == 422
    with begin() as tx:
        assert tx.session.scalars(select(ApiToken)).all() == []


def test_an_expired_token_opens_nothing(app: Flask, signed_in: SignedIn, clock: SetClock) -> None:
    headers = {"Authorization": f"Bearer {_make_token(signed_in('coordinator'), days='365')}"}
    clock.advance(timedelta(days=365))
    assert app.test_client().get("/api/v1/tasks", base_url=ADDRESS, headers=headers).status_code == 401


def _appoint(mine: Browser, page: str, deputy: str, until: str = "2026-03-06") -> int:
    form = mine.get(page).text
    found = re.search(rf'<option value="(\d+)"[^>]*>{deputy}<', form)
    sent = {"deputy": found[1] if found else "", "from_on": "2026-03-02", "until_on": until}
    return mine.post(page, sent).status_code


def test_a_deputy_is_named_in_the_page_and_seen_by_both(signed_in: SignedIn, begin: Begin) -> None:
    mine = signed_in("coordinator")
    assert _appoint(mine, "/account/deputies", "Person leadership") == 302
    assert "Person leadership vertritt Person coordinator" in mine.get("/account/deputies").text
    theirs = signed_in("leadership").get("/account/deputies").text
    assert "Sie vertreten" in theirs
    assert "gilt jetzt" in theirs
    with begin() as tx:
        number = tx.session.scalars(select(Deputyship.id)).one()
    assert signed_in("leadership").post(f"/account/deputies/{number}/end").status_code == 404
    assert mine.post(f"/account/deputies/{number}/end").status_code == 302


def test_what_is_wrong_with_a_deputy_is_said_and_what_was_typed_stays(signed_in: SignedIn) -> None:
    mine = signed_in("coordinator")
    refused = mine.post("/account/deputies", {"deputy": "4711", "from_on": "2026-03-09", "until_on": "2026-03-03"})
    assert refused.status_code == 422
    assert "letzte Tag liegt vor dem ersten" in refused.text
    assert 'value="2026-03-09"' in refused.text
    nonsense = mine.post("/account/deputies", {"deputy": "x", "from_on": "gestern", "until_on": ""})
    assert nonsense.status_code == 422
