"""Stored states of the real bundles: whole cases at telling points of their stories, as every later release loads them.

``python -m tests.engine.bundle_states RELEASE`` writes ``tests/fixtures/states/bundles/RELEASE/``: ``house.json.zst``
with what an installation holds before its first case (the bundles as they were frozen, programmes, offices, people),
and one file per story of ``STORIES`` with the rows of its case after each of its expectations, where people wait for
something. Nothing in them depends on the files of a later release. Run it once for a release, commit what it wrote and
never write it again: it is the promise kept to the cases that release left behind.
"""

import base64
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import zstandard
from sqlalchemy import Connection, Table, delete, func, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import play, scenarios, stage
from workflows.actions.observations import Look, look
from workflows.actions.play import Performance
from workflows.actions.scenarios import Scenario
from workflows.actions.stage import Stage
from workflows.core import typed_json
from workflows.core.clock import SetClock
from workflows.core.db import TypedJson, make_engine, make_sessions
from workflows.core.settings import Settings
from workflows.migrations import tables

BUNDLES = Path(__file__).parents[2] / "bpmn"
RELEASES = Path(__file__).parents[1] / "fixtures" / "states" / "bundles"
HOUSE = "house"
STORIES = {
    "enquiry": ("referred", "several_ways"),
    "referral": ("asks_back", "report_taken_back"),
    "funding": ("changes_and_repayment", "jury_rejects"),
}
# What no case needs to go on: proofs, search, what was sent or seen, and the history of events.
MOST_MOMENTS = 5
LEFT_OUT = frozenset({"event", "mail", "search_word", "page", "tries", "worker", "daily_chore", "web_session", "link"})

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Fixture:
    """One story of a release; ``moments`` say how many steps were done, when, and what was stored."""

    release: str
    name: str
    house: Rows
    story: str
    case_id: int
    moments: list[dict[str, Any]]

    def scenario(self, folder: Path) -> Scenario:
        """The story as it was told then."""
        (folder / "scenarios").mkdir(exist_ok=True)
        (folder / "scenarios" / "story.yaml").write_text(self.story, encoding="utf-8")
        return scenarios.read_all(folder)[0]


# -- writing ----------------------------------------------------------------------------------------------------------


def write(release: str) -> None:
    """All fixtures of a release; raises ``FileExistsError`` for one that was written before."""
    target = RELEASES / release
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as kept:
        for key, names in STORIES.items():
            for name in names:
                folder = Path(kept) / f"{key}-{name}"
                folder.mkdir()
                sessions, settings = _database(folder)
                stage.prepare(sessions, settings, BUNDLES / key)
                house = dumped(sessions)
                _save(target / f"{HOUSE}.json.zst", house)
                _save(target / f"{folder.name}.json.zst", _told(sessions, settings, BUNDLES / key, name, house))


def _database(folder: Path) -> tuple[sessionmaker[Session], Settings]:
    engine = make_engine(f"sqlite:///{folder / 'lotse.sqlite3'}")
    tables.metadata().create_all(engine)
    return make_sessions(engine), Settings(str(engine.url), bytes(32), bytes(32), "https://lotse.example", folder)


def _told(sessions: sessionmaker[Session], settings: Settings, bundle: Path, name: str, house: Rows) -> dict[str, Any]:
    story = scenarios.read_all(bundle, name)[0]
    play_on = play.begin(sessions, settings, story)
    performance, moments, done = Performance(story), [_moment(play_on, house, 0)], 0
    since = Look()
    for number, step in enumerate(story.steps, start=1):
        if step.verb == "expect" and number < len(story.steps):
            play.carry_on(play_on, performance, story.steps[done:number], since=since)
            done, since = number, look(play_on)
            moments.append(_moment(play_on, house, done))
    play.carry_on(play_on, performance, story.steps[done:], since=since)
    if performance.deviations:
        raise SystemExit(f"{name}: {performance.deviations}")
    text_of = (bundle / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
    every = -(-len(moments) // MOST_MOMENTS)
    return {"story": text_of, "case_id": play_on.case_id, "moments": moments[::every]}


def _moment(play_on: Stage, house: Rows, done: int) -> dict[str, Any]:
    rows = dumped(play_on.sessions)
    changed = {name: found for name, found in rows.items() if found != house[name]}
    return {"steps_done": done, "now": play_on.clock.now().isoformat(), "rows": changed}


def dumped(sessions: sessionmaker[Session]) -> Rows:
    """Every row that a case needs to go on, by table, parents first."""
    with sessions() as session:
        return {
            table.name: [
                {column: _plain(table, column, value) for column, value in row.items()}
                for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in _tables()
        }


def _tables() -> Iterator[Table]:
    for table in tables.metadata().sorted_tables:
        if table.name not in LEFT_OUT and not table.name.startswith("audit_"):
            yield table


def _plain(table: Table, name: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(table.c[name].type, TypedJson):
        return {"typed": typed_json.to_plain(value)}
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return {"moment" if isinstance(value, datetime) else "day": value.isoformat()}


def _save(path: Path, content: Any) -> None:
    packed = zstandard.ZstdCompressor(level=19).compress(orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS))
    if path.stem != f"{HOUSE}.json" and path.exists():
        raise FileExistsError(path)
    path.write_bytes(packed)


# -- loading ----------------------------------------------------------------------------------------------------------


def fixtures() -> list[tuple[str, str]]:
    """Release and story of every fixture there is."""
    found = sorted(RELEASES.glob("*/*.json.zst"))
    return [(path.parent.name, name) for path in found if (name := path.name.removesuffix(".json.zst")) != HOUSE]


def read(release: str, name: str) -> Fixture:
    """One fixture with the house it needs."""
    house, told = (_read(RELEASES / release / f"{each}.json.zst") for each in (HOUSE, name))
    return Fixture(release, name, house, told["story"], told["case_id"], told["moments"])


def _read(path: Path) -> Any:
    return orjson.loads(zstandard.ZstdDecompressor().decompress(path.read_bytes()))


def load(fixture: Fixture, moment: Mapping[str, Any], sessions: sessionmaker[Session], settings: Settings) -> Stage:
    """Put a moment into the database, in place of what it held; gives the stage on which its story goes on."""
    with sessions() as session:
        connection = session.connection()
        for table in reversed(tables.metadata().sorted_tables):
            connection.execute(delete(table))
        for table in _tables():
            # A column that is gone by now is not asked for; a new one has its default.
            if rows := moment["rows"].get(table.name, fixture.house.get(table.name, [])):
                known = [{name: _value(value) for name, value in row.items() if name in table.c} for row in rows]
                connection.execute(insert(table), known)
                _count_on(connection, table)
        session.commit()
    return Stage(sessions, settings, SetClock(datetime.fromisoformat(moment["now"])), fixture.case_id)


def _count_on(connection: Connection, table: Table) -> None:
    """Explicit ids do not move the counters of PostgreSQL."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    last = connection.scalar(select(func.max(table.c.id)))
    if isinstance(last, int):
        counter = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
        connection.execute(counter, {"name": table.name, "last": last})


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    readers = {
        "typed": typed_json.from_plain,
        "base64": base64.b64decode,
        "decimal": Decimal,
        "moment": datetime.fromisoformat,
        "day": date.fromisoformat,
    }
    return readers[kind](content)


if __name__ == "__main__":
    write(sys.argv[1])
