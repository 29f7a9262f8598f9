"""What must not grow: lists and timers with many open tasks, an instance with its age."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from sqlalchemy import func, select

from benchmarks import pages, seeding, work
from benchmarks.client import Client, Timings, timings
from benchmarks.house import House
from benchmarks.one_client import complete, start
from benchmarks.pages import Inbox
from workflows.core.clock import SystemClock
from workflows.core.tx import SYSTEM, Tx, transaction
from workflows.engine import timers
from workflows.engine.state import Instance

ROUNDS = 100


@dataclass(frozen=True, slots=True)
class AtSize:
    """What lists and the due query take when so many tasks are open; milliseconds."""

    open_tasks: int
    items: Timings
    raw: Timings
    due: float
    inbox: Inbox


@dataclass(frozen=True, slots=True)
class Turning:
    """A process that goes in circles: medians of the first and the last tenth, bytes early and at the end."""

    steps: int
    first: float
    last: float
    early_bytes: int
    late_bytes: int


def at_size(house: House, open_tasks: int) -> AtSize:
    """Seed up to ``open_tasks`` and look."""
    mine = house.client()
    template = start(mine).json
    after = complete(mine, template["open_tasks"][0]["id"], work.VALUES[0]).json
    seeding.open_tasks(house.engine, after["id"], open_tasks)
    office, bare = Client(house.port, house.office_token), Client(house.raw_port)
    for client, path in ((office, "/api/v1/tasks?limit=25"), (bare, "/raw")):
        assert client.get(path).status == 200
    listed, raw = [], []
    for _ in range(ROUNDS):
        listed.append(office.get("/api/v1/tasks?limit=25"))
        raw.append(bare.get("/raw"))
    assert all(answer.status == 200 for answer in listed)
    return AtSize(open_tasks, timings(listed), timings(raw), _due(house), pages.inbox(house))


def _due(house: House) -> float:
    return _median_of(house, lambda tx: timers.next_due(tx))


def _median_of(house: House, ask: Callable[[Tx], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        with transaction(house.sessions(), SYSTEM, SystemClock(), house.settings) as tx:
            tx.session.connection()
            begun = perf_counter()
            ask(tx)
            taken.append((perf_counter() - begun) * 1000)
    return median(taken)


def turning(house: House, steps: int) -> Turning:
    """Complete the same task of one instance again and again."""
    mine = house.client()
    instance = start(mine, work.TURNING).json
    early, answers = 0, []
    for number in range(steps):
        answer = complete(mine, instance["open_tasks"][0]["id"], work.ROUND)
        assert answer.status == 200, answer.body
        answers.append(answer)
        instance = answer.json
        if number == steps // 20:
            early = _instance_bytes(house, instance["id"])
    tenth = steps // 10
    first, last = timings(answers[5:tenth]), timings(answers[-tenth:])
    return Turning(steps, first.p50, last.p50, early, _instance_bytes(house, instance["id"]))


def _instance_bytes(house: House, instance_id: int) -> int:
    size = func.length(Instance.state) + func.length(Instance.variables)
    with house.sessions() as session:
        return int(session.scalar(select(size).where(Instance.id == instance_id)) or 0)
