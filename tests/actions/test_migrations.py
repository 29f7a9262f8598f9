"""What a new version means for the cases that run, told before anything happens, and moving them in the background."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from tests.actions.conftest import House as Office
from tests.actions.conftest import open_house
from tests.conftest import Begin
from tests.engine.drawing import Drawing, timer
from tests.engine.migration.changing import Changing
from workflows.actions import clockwork, migrations
from workflows.core import audit
from workflows.core.clock import SetClock
from workflows.core.db import table_of
from workflows.core.errors import Conflict, NotAllowed, NotFound
from workflows.core.settings import Settings
from workflows.core.tx import Actor
from workflows.engine import bundle as bundles
from workflows.engine import definitions
from workflows.engine.bundle import Bundle
from workflows.engine.findings import BundleRefused
from workflows.engine.migration import jobs
from workflows.engine.migration.jobs import MigrationItem, MigrationJob
from workflows.engine.state import Instance
from workflows.operators import ENGINE, catalogue

OWNER = Actor("Owner", user_id=5, roles=frozenset({"process_owner"}))
COORDINATOR = Actor("Coordinator", user_id=6, roles=frozenset({"coordinator"}))
BUNDLES = Path(__file__).parents[2] / "bpmn"

Work = Callable[[], None]


@pytest.fixture
def house(begin: Begin, clock: SetClock) -> Changing:
    """An empty database with an engine."""
    return Changing(begin, clock, ENGINE)


@pytest.fixture
def work(sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> Work:
    """Lets the worker do what is due."""

    def until_nothing_is_due() -> None:
        clockwork.run_due(sessions, settings, clock)

    return until_nothing_is_due


def drawing(*, remind: bool = False, branch: bool = False, first: str = "first") -> Drawing:
    """Two steps, then two branches; with a reminder at the first step, with a third branch."""
    d = Drawing()
    d.flow(d.start(), d.user(first), d.gateway("parallel", "fork"))
    d.gateway("parallel", "join")
    for name in ("a", "b", *(["c"] if branch else [])):
        d.flow("fork", d.user(name), "join")
    d.flow("join", d.user("last"), d.end())
    if remind:
        d.boundary("late", first, timer("duration", "P5D"), interrupting=False)
        d.flow("late", d.user("remind"), d.end("end_late"))
    return d


def three_kinds(house: Changing, waiting: int) -> list[int]:
    """That many cases at the first step, three between fork and join, one at the last step."""
    house.deploy(drawing())
    ids = [house.start() for _ in range(waiting + 4)]
    for instance in ids[waiting:]:
        house.complete(instance, "first")
    for step in ("a", "b"):
        house.complete(ids[-1], step)
    return ids


def test_cases_move_and_three_are_refused_with_the_reason(house: Changing, work: Work) -> None:
    ids = three_kinds(house, 19)
    house.deploy(drawing(remind=True, branch=True))
    with house.begin(OWNER) as tx:
        told = migrations.preview(tx, "p", 2)
        assert told.counts == {"move": 19, "refused": 3, "unchanged": 1}
        job = migrations.begin(tx, "p", 2).id
    work()
    with house.begin(OWNER) as tx:
        report = migrations.report(tx, job)
        assert (report.counts, report.left, report.total) == ({"moved": 19, "refused": 3, "unchanged": 1}, 0, 23)
        refused = {row.instance_id: {each.code for each in row.reasons} for row in report.rows if row.reasons}
    assert refused == {instance: {"fork_changed"} for instance in ids[19:22]}
    assert Counter(map(house.number, ids)) == {2: 19, 1: 4}
    assert len(house.timers(ids[0])) == 1
    house.check()


def test_a_job_is_taken_back_for_what_has_not_gone_on(house: Changing, work: Work) -> None:
    ids = three_kinds(house, 5)
    before = [house.stored(each) for each in ids]
    house.deploy(drawing(remind=True))
    with house.begin(OWNER) as tx:
        job = migrations.begin(tx, "p", 2).id
    work()
    house.complete(ids[0], "first")
    with house.begin(OWNER) as tx:
        assert migrations.report(tx, job).can_go_back
        migrations.take_back(tx, job)
    work()
    with house.begin(OWNER) as tx:
        report = migrations.report(tx, job)
        assert (report.counts, report.can_go_back) == ({"gone_on": 1, "undone": 4, "unchanged": 4}, False)
        with pytest.raises(Conflict, match="migration_closed"):
            migrations.take_back(tx, job)
    assert [house.stored(each) for each in ids[1:]] == before[1:]
    assert house.number(ids[0]) == 2
    house.check()


def test_earlier_states_are_forgotten_when_a_case_goes_on_or_the_job_is_closed(house: Changing, work: Work) -> None:
    ids = three_kinds(house, 2)
    house.deploy(drawing(remind=True))
    with house.begin(OWNER) as tx:
        job = migrations.begin(tx, "p", 2).id
    work()
    house.complete(ids[0], "first")

    def kept() -> list[int]:
        with house.begin() as tx:
            found = select(MigrationItem.instance_id).where(MigrationItem.variables.is_not(None))
            return sorted(tx.session.scalars(found))

    assert kept() == ids[:2]
    with house.begin() as tx:
        jobs.tidy(tx)
    assert kept() == ids[1:2]
    with house.begin(OWNER) as tx:
        migrations.close(tx, job)
    assert kept() == []
    with house.begin(OWNER) as tx, pytest.raises(Conflict, match="migration_closed"):
        migrations.take_back(tx, job)


def test_what_goes_wrong_with_one_case_stops_no_other(
    house: Changing, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = three_kinds(house, 3)
    house.deploy(drawing(remind=True))
    with house.begin(OWNER) as tx:
        job = migrations.begin(tx, "p", 2).id
    real = jobs.move

    def broken(tx: object, engine: object, instance_id: int, *more: object) -> object:
        if instance_id == ids[1]:
            raise RuntimeError("disk on fire")
        return real(tx, engine, instance_id, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "move", broken)
    work()
    with house.begin(OWNER) as tx:
        report = migrations.report(tx, job)
    assert report.counts == {"moved": 2, "failed": 1, "unchanged": 4}
    assert [row.error for row in report.rows if row.error] == ["RuntimeError: disk on fire"]
    assert house.number(ids[1]) == 1


def test_one_job_of_a_process_at_a_time(house: Changing) -> None:
    three_kinds(house, 1)
    house.deploy(drawing(remind=True))
    with house.begin(OWNER) as tx:
        migrations.begin(tx, "p", 2)
    with house.begin(OWNER) as tx, pytest.raises(Conflict, match="migration_running"):
        migrations.begin(tx, "p", 2)


def test_a_case_that_ends_meanwhile_is_told_as_ended(house: Changing, work: Work) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("only"), d.end())
    instance = house.run(d)
    more = Drawing()
    more.flow(more.start(), more.user("only"), more.user("next"), more.end())
    house.deploy(more)
    with house.begin(OWNER) as tx:
        job = migrations.begin(tx, "p", 2).id
    house.complete(instance, "only")
    work()
    with house.begin(OWNER) as tx:
        assert migrations.report(tx, job).counts == {"ended": 1}


def test_the_name_map_is_proposed_and_can_be_changed(house: Changing) -> None:
    house.deploy(drawing())
    house.start()
    house.deploy(drawing(first="renamed"))
    with house.begin(OWNER) as tx:
        told = migrations.preview(tx, "p", 2)
        assert (told.names, told.counts) == ({"first": "renamed"}, {"move": 1})
        (choice,) = told.choices
        assert (choice.element, choice.target) == ("first", "renamed")
        assert ("last", "Schritt last") in [(each.key, each.name) for each in choice.options]
        without = migrations.preview(tx, "p", 2, {})
        assert without.counts == {"refused": 1}
        assert [each.element for each in without.choices] == ["first"]


def test_a_step_that_is_gone_as_what_it_was_gets_a_target(house: Changing) -> None:
    house.deploy(drawing())
    house.start()
    at_work = Drawing()
    at_work.flow(at_work.start(), at_work.script("first", "=1", "x"), at_work.user("other"), at_work.end())
    house.deploy(at_work)
    with house.begin(OWNER) as tx:
        told = migrations.preview(tx, "p", 2)
        assert told.counts == {"refused": 1}
        (choice,) = told.choices
        assert (choice.element, choice.target, [each.key for each in choice.options]) == ("first", "", ["other"])
        assert migrations.preview(tx, "p", 2, {"first": "other"}).counts == {"move": 1}


def test_only_process_owners_look_and_move(house: Changing) -> None:
    three_kinds(house, 1)
    with house.begin(COORDINATOR) as tx:
        for verb in (migrations.preview, migrations.begin):
            with pytest.raises(NotAllowed):
                verb(tx, "p", 1)
        for other in (migrations.take_back, migrations.report, migrations.close):
            with pytest.raises(NotAllowed):
                other(tx, 1)
    with house.begin(OWNER) as tx:
        with pytest.raises(NotFound):
            migrations.preview(tx, "p", 7)
        with pytest.raises(NotFound):
            migrations.report(tx, 7)


def test_a_thousand_cases_are_previewed_within_ten_seconds(house: Changing) -> None:
    ids = three_kinds(house, 3)
    house.deploy(drawing(remind=True, branch=True))
    with house.begin() as tx:
        table = table_of(Instance)
        rows = [dict(row) for row in tx.session.execute(select(table).where(table.c.id.in_(ids))).mappings()]
        copies = [
            {name: value for name, value in rows[number % len(rows)].items() if name != "id"} for number in range(993)
        ]
        tx.session.execute(insert(table), copies)
    begun = time.perf_counter()
    with house.begin(OWNER) as tx:
        told = migrations.preview(tx, "p", 2)
    assert sum(told.counts.values()) == 1_000
    assert time.perf_counter() - begun < 10


# -- in the real house ------------------------------------------------------------------------------------------


@pytest.fixture
def office(begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> Office:
    """The house with the real bundles and one enquiry that waits for the coordination."""
    return Office(begin, sessions, settings, clock, open_house(begin))


def changed_enquiry(old: bytes, new: bytes) -> Bundle:
    bundle = bundles.read(BUNDLES / "enquiry")
    files = {path: data.replace(old, new) for path, data in bundle.files.items()}
    assert files != bundle.files
    return Bundle(bundle.key, files)


def test_a_draft_is_previewed_before_it_is_published_and_changes_nothing(office: Office) -> None:
    case, _token = office.submit()
    draft = changed_enquiry(b'name="Anfrage ', b'name="Die Anfrage ')
    with office.begin(OWNER) as tx:
        told = migrations.preview(tx, "enquiry", draft)
        assert [(row.reference, row.verdict.outcome) for row in told.rows] == [(case.reference, "move")]
        assert (told.number, len(told.rows[0].waits_at)) == (None, 1)
        assert tx.session.scalar(select(MigrationJob.id)) is None
    with office.begin(OWNER) as tx, pytest.raises(BundleRefused):
        migrations.preview(tx, "enquiry", changed_enquiry(b"</bpmn:process>", b""))


def test_each_move_stands_in_the_audit_of_its_case(office: Office) -> None:
    case, _token = office.submit()
    with office.begin(OWNER) as tx:
        definitions.deploy(tx, changed_enquiry(b'name="Anfrage ', b'name="Die Anfrage '), catalogue(tx))
        job = migrations.begin(tx, "enquiry", 2).id
    office.work()
    with office.begin(OWNER) as tx:
        migrations.take_back(tx, job)
    office.work()
    with office.begin() as tx:
        told = audit.entries(tx.session, case.stream)[:2]
        house = [each.event for each in audit.entries(tx.session, "system")]
    assert [(each.event, each.details) for each in told] == [
        ("instance.returned", {"job": job, "from": 2, "version": 1}),
        ("instance.migrated", {"job": job, "from": 1, "version": 2}),
    ]
    assert [each for each in house if each.startswith("migration.")] == ["migration.taken_back", "migration.begun"]
