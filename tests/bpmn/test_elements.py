"""Each supported element in a small diagram of its own: the path it takes, straight and with save and load between
all steps.

Beside each diagram lies a story: the variables it starts with, the steps, and what is expected: the elements completed
in order (``path``) and the instance's variables at the end (``result``).
"""

import re

import pytest

from tests.conftest import Begin
from tests.engine.house import NOTHING_OPEN, House
from tests.engine.states import ELEMENTS, Diagram
from tests.engine.ways import ENGINE, Stored, Straight
from workflows.core.clock import SetClock
from workflows.engine import dialect
from workflows.engine.dialect.nodes import NODE_KINDS, TRIGGERS

NAMES = sorted(path.stem for path in ELEMENTS.glob("*.bpmn"))
#: A message that was sent and that nobody waits for stays on its way.
SENDING = re.compile("^(send_task|message_throw|message_end|message_catch)$")


@pytest.fixture
def house(begin: Begin, clock: SetClock) -> House:
    return House(begin, clock, ENGINE)


def deployed(house: House, name: str) -> Diagram:
    diagram = Diagram(name)
    house.deploy(diagram, diagram.files)
    return diagram


@pytest.mark.parametrize("name", NAMES)
def test_with_save_and_load_between_all_steps(house: House, name: str) -> None:
    story = deployed(house, name).story
    way = Stored.begun(house, name, story["variables"])
    for step in story["steps"]:
        way.do(step)
    assert way.outcome() == ([], story["path"], story["result"])
    assert house.status(way.instance) == "completed"
    assert house.incidents(way.instance) == []
    if not SENDING.match(name):
        assert house.open_rows(way.instance) == NOTHING_OPEN


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # nothing of it is stored
@pytest.mark.parametrize("name", NAMES)
def test_straight_in_memory(house: House, name: str) -> None:
    story = deployed(house, name).story
    with house.begin() as tx:
        way = Straight(tx, name, story["variables"])
        for step in story["steps"]:
            way.do(step)
        assert way.outcome() == ([], story["path"], story["result"])
        assert tokens_left(way) == []


def tokens_left(way: Straight) -> list[str]:
    """What still stands somewhere at the end."""
    return [token.task_spec.name for token in way.run.top.task_tree.children]


def test_every_supported_element_and_event_has_its_diagram() -> None:
    seen: set[tuple[str, str]] = set()
    for name in NAMES:
        for element in dialect.parse(Diagram(name).xml()).elements.values():
            seen.add((element.kind, element.trigger.kind if element.kind in TRIGGERS else ""))
    events = {(kind, trigger) for kind, triggers in TRIGGERS.items() for trigger in triggers}
    # Timed and message starts need no token to stand anywhere first: tests/engine/test_starts.py.
    events -= {("start_event", "timer"), ("start_event", "message")}
    others = {(kind, "") for kind in NODE_KINDS.values() if kind not in TRIGGERS}
    assert events | others <= seen
