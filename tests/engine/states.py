"""Stored states of a release: every element in mid-flight with its definition, as later releases must load it.

``python -m tests.engine.states`` writes those of the current format to ``tests/fixtures/states/<format>/``, one file
per diagram of ``tests/bpmn/elements`` that has none yet. Written once per release that changes what is stored, never
again: a fixture that an older release wrote is the promise kept to the instances it left behind. Whole cases of the
real bundles are kept beside them by ``tests.engine.bundle_states``.
"""

import base64
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml
from sqlalchemy import Table, insert, select

from tests.engine.house import House
from tests.engine.ways import ENGINE, Stored
from workflows.core import typed_json
from workflows.core.clock import SetClock
from workflows.core.db import TypedJson, make_engine, make_sessions
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Actor, Tx, transaction
from workflows.engine import snapshots
from workflows.engine.incidents import Incident
from workflows.engine.messages import Subscription
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer
from workflows.migrations import tables

ELEMENTS = Path(__file__).parents[1] / "bpmn" / "elements"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "states"
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STORED: tuple[type[Any], ...] = (Instance, Task, Timer, Subscription, Incident)

Row = dict[str, Any]


class Diagram:
    """A diagram of the elements, as the house deploys it, with its story."""

    def __init__(self, name: str) -> None:
        self.key = name
        self.story: Row = yaml.safe_load((ELEMENTS / f"{name}.yaml").read_text())
        self.files = {path.name: path.read_bytes() for path in ELEMENTS.glob(f"{name}.dmn")}

    def xml(self) -> bytes:
        return (ELEMENTS / f"{self.key}.bpmn").read_bytes()


# -- writing ----------------------------------------------------------------------------------------------------------


def written(house: House, diagram: Diagram) -> Row:
    """The definition, the story, and what is stored after each of its steps that leaves the instance running."""
    house.deploy(diagram, diagram.files)  # type: ignore[arg-type]
    way = Stored.begun(house, diagram.key, diagram.story["variables"])
    moments = []
    for number in range(len(diagram.story["steps"])):
        moments.append(
            {
                "steps_done": number,
                "completed": len(house.events(way.instance)),
                "now": house.clock.now().isoformat(),
                "rows": {model.__tablename__: list(_rows(house, model, way.instance)) for model in STORED},
            }
        )
        way.do(diagram.story["steps"][number])
    files = {f"{diagram.key}.bpmn": diagram.xml(), **diagram.files}
    texts = {name: content.decode() for name, content in files.items()}
    return {"key": diagram.key, "files": texts, "story": diagram.story, "moments": moments}


def _rows(house: House, model: type[Any], instance: int) -> Iterator[Row]:
    table = model.__table__
    owner = table.c.id if model is Instance else table.c.instance_id
    with house.begin() as tx:
        for row in tx.session.execute(select(table).where(owner == instance)).mappings():
            yield {name: _plain(table, name, value) for name, value in row.items() if name != "version_id"}


def _plain(table: Table, name: str, value: Any) -> Any:
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(table.c[name].type, TypedJson):
        return {"typed": typed_json.to_plain(value)}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return {"moment" if isinstance(value, datetime) else "day": value.isoformat()}


# -- loading ----------------------------------------------------------------------------------------------------------


def load(house: House, fixture: Mapping[str, Any], moment: Mapping[str, Any]) -> int:
    """Put a stored moment into an empty database; gives the instance's id."""
    house.clock.set(datetime.fromisoformat(moment["now"]))
    with house.begin() as tx:
        for model in STORED:
            for row in moment["rows"].get(model.__tablename__, []):
                values = {name: _value(value) for name, value in row.items()}
                if model is Instance:
                    values["version_id"] = 1
                # A column that is gone by now is not asked for; a new one has its default.
                known = {name: value for name, value in values.items() if name in model.__table__.c}
                tx.session.execute(insert(model), [known])
    return int(moment["rows"]["instance"][0]["id"])


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    readers = {
        "typed": typed_json.from_plain,
        "base64": base64.b64decode,
        "moment": datetime.fromisoformat,
        "day": date.fromisoformat,
    }
    return readers[kind](content)


# -- the command ------------------------------------------------------------------------------------------------------


def _house(folder: Path, name: str) -> House:
    engine = make_engine(f"sqlite:///{folder / name}.sqlite3")
    tables.metadata().create_all(engine)
    sessions, clock = make_sessions(engine), SetClock(BEGUN)
    settings = Settings(str(engine.url), bytes(32), bytes(32), "https://lotse.example", folder)

    def begin(actor: Actor = SYSTEM) -> AbstractContextManager[Tx]:
        return transaction(sessions(), actor, clock, settings)

    return House(begin, clock, ENGINE)


def main() -> None:
    """Write the fixtures of the current format."""
    target = FIXTURES / str(snapshots.FORMAT)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(ELEMENTS.glob("*.bpmn")):
            if (target / f"{path.stem}.json").exists():
                continue
            fixture = written(_house(Path(folder), path.stem), Diagram(path.stem))
            if fixture["moments"]:
                content = orjson.dumps(fixture, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
                (target / f"{path.stem}.json").write_bytes(content)


if __name__ == "__main__":
    main()
