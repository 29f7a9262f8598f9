"""Deputies: whom somebody represents on which days, and who may be named at all."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from workflows.core.clock import SetClock
from workflows.core.errors import Invalid
from workflows.core.tx import Actor
from workflows.domain import deputies, offices, people
from workflows.domain.people import Deputyship, User

TODAY = date(2026, 3, 2)  # where the tests' clock stands
WEEK = (TODAY, TODAY + timedelta(days=6))


@pytest.fixture
def ids(seeded: Begin) -> dict[str, int]:
    """Two of the coordination, one of the leadership, two of one office, one of another, an admin."""
    with seeded() as tx:
        own, other = offices.by_keys(tx.session, ["culture_office", "caritas"])
        wanted = {
            "anna": ("coordinator", "group:coordination"),
            "ben": ("coordinator", "group:coordination"),
            "chief": ("leadership", "group:leadership"),
            "office": ("office", own.group),
            "colleague": ("office", own.group),
            "stranger": ("office", other.group),
            "admin": ("admin", None),
        }
        return {
            name: people.create(
                tx, f"{name}@stadt.example", name.title(), roles=[role], groups=[group] if group else []
            ).id
            for name, (role, group) in wanted.items()
        }


def _actor(begin: Begin, user_id: int) -> Actor:
    with begin() as tx:
        return people.actor(tx.session, tx.session.get_one(User, user_id), tx.now)


def _appoint(begin: Begin, absent: int, deputy: int, days: tuple[date, date] = WEEK) -> int:
    with begin() as tx:
        return deputies.appoint(tx, absent, deputy, *days).id


def _problems(begin: Begin, absent: int, deputy: int, days: tuple[date, date] = WEEK) -> set[str]:
    with begin() as tx, pytest.raises(Invalid) as refused:
        deputies.appoint(tx, absent, deputy, *days)
    return {problem.code for problems in refused.value.problems.values() for problem in problems}


def test_a_deputy_has_the_groups_of_whom_it_stands_in_for(seeded: Begin, ids: dict[str, int]) -> None:
    _appoint(seeded, ids["chief"], ids["anna"])
    actor = _actor(seeded, ids["anna"])
    assert actor.stands_in_for == {ids["chief"]}
    assert actor.groups == {"group:coordination", "group:leadership"}
    assert actor.roles == {"coordinator"}  # rights of a role are nobody's to lend


def test_it_begins_and_ends_with_its_days_in_berlin(seeded: Begin, ids: dict[str, int], clock: SetClock) -> None:
    _appoint(seeded, ids["chief"], ids["anna"], (TODAY + timedelta(days=1), TODAY + timedelta(days=1)))
    seen = []
    for moment in ("02T22:59", "02T23:00", "03T22:59", "03T23:00"):  # Berlin is an hour ahead in March
        clock.set(clock.now().fromisoformat(f"2026-03-{moment}+00:00"))
        seen.append(bool(_actor(seeded, ids["anna"]).stands_in_for))
    assert seen == [False, True, True, False]


def test_there_are_no_chains(seeded: Begin, ids: dict[str, int]) -> None:
    _appoint(seeded, ids["chief"], ids["anna"])
    _appoint(seeded, ids["anna"], ids["ben"])
    actor = _actor(seeded, ids["ben"])
    assert actor.stands_in_for == {ids["anna"]}
    assert "group:leadership" not in actor.groups


def test_nobody_acts_for_a_disabled_account(seeded: Begin, ids: dict[str, int]) -> None:
    _appoint(seeded, ids["chief"], ids["anna"])
    with seeded() as tx:
        people.set_active(tx, ids["chief"], is_active=False)
    assert _actor(seeded, ids["anna"]).stands_in_for == frozenset()


def test_only_who_does_the_same_work_can_stand_in(seeded: Begin, ids: dict[str, int]) -> None:
    def named(absent: str) -> set[str]:
        with seeded() as tx:
            return {user.name.lower() for user in tx.session.scalars(deputies.fitting(tx.session, ids[absent]))}

    assert named("anna") == {"ben", "chief"}
    assert named("office") == {"colleague"}  # other offices' people and names are none of its business
    assert named("stranger") == named("admin") == set()
    assert _problems(seeded, ids["office"], ids["stranger"]) == {"not_a_deputy"}
    assert _problems(seeded, ids["anna"], ids["anna"]) == {"not_a_deputy"}
    assert _problems(seeded, ids["anna"], 4711) == {"not_a_deputy"}


def test_who_does_two_kinds_of_work_is_represented_by_who_does_both(seeded: Begin, ids: dict[str, int]) -> None:
    with seeded() as tx:
        house = people.groups(tx.session, ids["office"])
        people.set_access(tx, ids["anna"], ["coordinator", "office"], [*house, "group:coordination"])
        assert tx.session.scalars(deputies.fitting(tx.session, ids["anna"])).all() == []
        people.set_access(tx, ids["ben"], ["coordinator", "office"], [*house, "group:coordination"])
        assert [user.id for user in tx.session.scalars(deputies.fitting(tx.session, ids["anna"]))] == [ids["ben"]]


def test_an_offices_deputy_reaches_nothing_of_another_office(seeded: Begin, ids: dict[str, int]) -> None:
    with seeded() as tx:
        own, other = people.groups(tx.session, ids["office"]), people.groups(tx.session, ids["stranger"])
        people.set_access(tx, ids["office"], ["office"], [*own, *other])
    _appoint(seeded, ids["office"], ids["colleague"])
    actor = _actor(seeded, ids["colleague"])
    assert actor.stands_in_for == {ids["office"]}
    assert actor.groups == own


def test_days_must_make_sense(seeded: Begin, ids: dict[str, int]) -> None:
    anna, ben = ids["anna"], ids["ben"]
    day = timedelta(days=1)
    assert _problems(seeded, anna, ben, (TODAY, TODAY - day)) == {"before_start"}
    assert _problems(seeded, anna, ben, (TODAY - 9 * day, TODAY - day)) == {"in_the_past"}
    assert _problems(seeded, anna, ben, (TODAY, TODAY + 366 * day)) == {"too_many_days"}
    _appoint(seeded, anna, ben)
    assert _problems(seeded, anna, ids["chief"], (WEEK[1], WEEK[1])) == {"deputy_taken"}
    _appoint(seeded, anna, ids["chief"], (WEEK[1] + day, WEEK[1] + day))


def test_an_ended_deputyship_gives_nothing(seeded: Begin, ids: dict[str, int]) -> None:
    number = _appoint(seeded, ids["chief"], ids["anna"])
    with seeded() as tx:
        deputies.end(tx, number)
    assert _actor(seeded, ids["anna"]).stands_in_for == frozenset()


def test_it_ends_when_the_two_no_longer_fit(seeded: Begin, ids: dict[str, int]) -> None:
    _appoint(seeded, ids["chief"], ids["anna"])
    with seeded() as tx:
        people.set_active(tx, ids["anna"], is_active=False)
        deputies.forget_unfitting(tx, ids["anna"])
        assert tx.session.scalars(select(Deputyship)).all() == []
