"""Users, passwords, tokens and sessions."""

from datetime import timedelta

import pytest

from tests.conftest import Begin
from workflows.core.clock import SetClock
from workflows.core.errors import Conflict, Invalid
from workflows.domain import access_tokens, passwords, people, web_sessions
from workflows.domain.people import User
from workflows.operators import ENGINE

PASSWORD = "ein langer Satz als Kennwort"


@pytest.fixture
def user(seeded: Begin) -> User:
    with seeded() as tx:
        return people.create(
            tx,
            " Koordination@Stadt.example",
            "Koordination",
            roles=["coordinator"],
            groups=["group:coordination"],
            password=PASSWORD,
        )


def test_a_user_becomes_an_actor_with_roles_and_groups(seeded: Begin, user: User) -> None:
    with seeded() as tx:
        found = people.find_by_email(tx.session, "KOORDINATION@stadt.example")
        assert found is not None
        actor = people.actor(tx.session, found)
        assert [member.id for member in people.members(tx.session, "group:coordination")] == [user.id]
    assert (set(actor.roles), set(actor.groups)) == ({"coordinator"}, {"group:coordination"})


def test_an_address_belongs_to_one_user(seeded: Begin, user: User) -> None:
    with seeded() as tx, pytest.raises(Conflict, match="email_taken"):
        people.create(tx, user.email.upper(), "Zweite", roles=["admin"])


def test_passwords_are_long_and_never_stored_readable(seeded: Begin, user: User) -> None:
    assert user.password_hash is not None
    assert PASSWORD not in user.password_hash
    assert passwords.matches(user.password_hash, PASSWORD)
    assert not passwords.matches(user.password_hash, PASSWORD + "!")
    assert not passwords.matches(None, PASSWORD)
    with seeded() as tx, pytest.raises(Invalid):
        people.set_password(tx, user.id, "zu kurz")


def test_a_token_speaks_for_its_user_until_it_ends(seeded: Begin, user: User, clock: SetClock) -> None:
    with seeded() as tx:
        token, text = access_tokens.create(tx, user.id, "Skript", timedelta(days=900))
    assert text not in token.hash
    with seeded() as tx:
        found = access_tokens.find(tx.session, text, tx.now)
        assert found is not None
        actor, scope = found
        assert (actor.user_id, scope) == (user.id, "work")
        assert access_tokens.find(tx.session, text + "x", tx.now) is None
    clock.advance(timedelta(days=365))
    with seeded() as tx:
        assert access_tokens.find(tx.session, text, tx.now) is None


def test_disabling_a_user_stops_token_and_session_at_once(seeded: Begin, user: User) -> None:
    with seeded() as tx:
        _, text = access_tokens.create(tx, user.id, "Skript")
        secret = web_sessions.begin(tx, user.id)
    with seeded() as tx:
        people.set_active(tx, user.id, is_active=False)
    with seeded() as tx:
        assert access_tokens.find(tx.session, text, tx.now) is None
        assert web_sessions.find_user(tx.session, secret, tx.now) is None


def test_a_session_ends_when_idle_and_when_ended(seeded: Begin, user: User, clock: SetClock) -> None:
    with seeded() as tx:
        idle, ended = web_sessions.begin(tx, user.id), web_sessions.begin(tx, user.id)
    with seeded() as tx:
        web_sessions.end(tx, ended)
    with seeded() as tx:
        assert web_sessions.find_user(tx.session, idle, tx.now) is not None
        assert web_sessions.find_user(tx.session, ended, tx.now) is None
    clock.advance(timedelta(minutes=31))
    with seeded() as tx:
        assert web_sessions.find_user(tx.session, idle, tx.now) is None


def test_tasks_are_given_to_open_accounts_only(seeded: Begin, user: User) -> None:
    """As the engine of the house asks."""
    assert ENGINE.can_work is not None
    with seeded() as tx:
        assert ENGINE.can_work(tx, user.id)
        assert not ENGINE.can_work(tx, user.id + 1)
        people.set_active(tx, user.id, is_active=False)
        assert not ENGINE.can_work(tx, user.id)
