"""What earlier releases stored loads and completes: every element, at every moment it can be waiting."""

import base64
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.engine import bundle_states, states
from tests.engine.house import House
from tests.engine.ways import ENGINE, Stored
from workflows.actions.observations import look
from workflows.actions.play import Performance, carry_on
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.engine import dialect, snapshots
from workflows.engine.dialect.specs import EACH
from workflows.engine.events import Event
from workflows.engine.messages import Message
from workflows.engine.projection import TRIGGERED

FIXTURES = sorted(states.FIXTURES.rglob("*.json"))


class Definition:
    """The definition files a fixture was written with, whatever has become of them since."""

    def __init__(self, fixture: dict[str, Any]) -> None:
        self.key = fixture["key"]
        self.files = {name: text.encode() for name, text in fixture["files"].items() if not name.endswith(".bpmn")}
        self._diagram = fixture["files"][f"{self.key}.bpmn"].encode()

    def xml(self) -> bytes:
        return self._diagram


@pytest.fixture
def house(begin: Begin, clock: SetClock) -> House:
    return House(begin, clock, ENGINE)


@pytest.mark.parametrize("path", FIXTURES, ids=[f"{each.parent.name}-{each.stem}" for each in FIXTURES])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the bytes are the same on both
def test_a_stored_instance_goes_on_from_where_it_stood(house: House, path: Path) -> None:
    fixture = orjson.loads(path.read_bytes())
    definition = Definition(fixture)
    house.deploy(definition, definition.files)  # type: ignore[arg-type]
    # One database for all moments of a fixture: each replaces the one before it.
    for moment in fixture["moments"]:
        _empty(house)
        instance = states.load(house, fixture, moment)
        way = Stored(house, instance)
        for step in fixture["story"]["steps"][moment["steps_done"] :]:
            way.do(step)
        path_left = fixture["story"]["path"][moment["completed"] :]
        assert way.outcome() == ([], path_left, fixture["story"]["result"])
        assert house.status(instance) == "completed"


def _empty(house: House) -> None:
    with house.begin() as tx:
        for model in (Event, Message, *reversed(states.STORED)):
            tx.session.query(model).delete()


@pytest.mark.timeout(600)  # a whole house is put into the database for every moment
@pytest.mark.parametrize(("release", "story"), bundle_states.fixtures())
def test_a_case_of_an_earlier_release_goes_on_to_its_end(
    release: str, story: str, sessions: sessionmaker[Session], settings: Settings, tmp_path: Path
) -> None:
    fixture = bundle_states.read(release, story)
    told = fixture.scenario(tmp_path)
    for moment in fixture.moments:
        play_on = bundle_states.load(fixture, moment, sessions, settings)
        performance = Performance(told)
        carry_on(play_on, performance, told.steps[moment["steps_done"] :], since=look(play_on))
        # What happened before the first expectation after loading is not remembered: only states are, and they agree.
        assert [each for each in performance.deviations if each.code not in {"mails_differ", "path_differs"}] == []
        with play_on.begin() as tx:
            assert {each.status for each in play_on.instances(tx)} == {"completed"}


def test_every_bundle_has_left_cases_at_several_moments_of_its_stories() -> None:
    newest = max(release for release, _ in bundle_states.fixtures())
    left = {name: bundle_states.read(newest, name) for release, name in bundle_states.fixtures() if release == newest}
    wanted = {f"{key}-{name}" for key, names in bundle_states.STORIES.items() for name in names}
    assert left.keys() == wanted
    assert all(len(fixture.moments) >= 3 for fixture in left.values())


def test_this_release_has_left_its_states() -> None:
    elements = {path.stem for path in states.ELEMENTS.glob("*.bpmn")}
    left = {path.stem for path in FIXTURES if path.parent.name == str(snapshots.FORMAT)}
    with_steps = {name for name in elements if states.Diagram(name).story["steps"]}
    assert with_steps <= left


def test_every_way_to_wait_stands_in_the_states_left() -> None:
    """What may be stored of a token: waiting for people, messages, moments and others, and stuck until it is mended."""
    standing, notes = set[tuple[str, str]](), set[str]()
    for path in FIXTURES:
        fixture = orjson.loads(path.read_bytes())
        elements = dialect.parse(Definition(fixture).xml()).elements
        for moment in fixture["moments"]:
            outer, inside = snapshots.unpack(base64.b64decode(moment["rows"]["instance"][0]["state"]["base64"]))
            for _identity, _parent, _state, name, own in [*outer, *(row for *_, rows in inside for row in rows)]:
                element = elements[name.removesuffix(EACH)]
                loop = "each" if name.endswith(EACH) else "loop" if element.loop else ""
                standing.add((element.kind, loop or element.trigger.kind))
                notes |= (own or {}).keys()
    events = {(kind, trigger) for kind in ("intermediate_catch_event", "boundary_event") for trigger in TRIGGERED}
    people = {(kind, "none") for kind in ("user_task", "manual_task")} | {("receive_task", "message")}
    joins = {(kind, "none") for kind in ("parallel_gateway", "inclusive_gateway", "event_based_gateway")}
    holding = {(kind, loop) for kind in ("sub_process", "call_activity") for loop in ("none", "loop", "each")}
    failing = {("service_task", "none"), ("exclusive_gateway", "none"), ("user_task", "loop"), ("user_task", "each")}
    assert events | people | joins | holding | failing <= standing
    assert notes == {"armed", "arrived", "begun", "done", "index", "cycle", "incident"}
