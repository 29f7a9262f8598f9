"""One client after the other way: starting, completing, and the bare route in turns with them."""

from dataclasses import dataclass
from typing import Any

from benchmarks import work
from benchmarks.client import Answer, Client, Timings, timings
from benchmarks.house import House
from benchmarks.processes import cpu_seconds

BLOCKS = 5
WARM_UPS = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time per request."""

    web: float
    database: float


@dataclass(frozen=True, slots=True)
class OneClient:
    """What one client alone was served with."""

    start: Timings
    complete: Timings
    raw: Timings
    cost: Cost
    raw_cost: Cost
    instances: int


class Meter:
    """Adds up the processor time of a web server and the database over the blocks of a measurement."""

    def __init__(self, web_pid: int, database_pid: int | None) -> None:
        self.pids = (web_pid, database_pid)
        self.spent = [0.0, 0.0]
        self.requests = 0
        self._before = [0.0, 0.0]

    def begin(self) -> None:
        """A block begins."""
        self._before = [cpu_seconds(pid) for pid in self.pids]

    def end(self, requests: int) -> None:
        """A block of so many requests ends."""
        for number, pid in enumerate(self.pids):
            self.spent[number] += cpu_seconds(pid) - self._before[number]
        self.requests += requests

    @property
    def cost(self) -> Cost:
        """Per request."""
        return Cost(*(seconds * 1000 / self.requests for seconds in self.spent))


def measure(house: House, instances: int) -> OneClient:
    """Blocks of both in turns, so that whatever else the machine does strikes both alike."""
    mine, bare = house.client(), Client(house.raw_port)
    server = house.database.server_pid
    meter, raw_meter = Meter(house.web.pid, server), Meter(house.raw.pid, server)
    started, completed, raw = [], [], []
    _warm(house)
    for _ in range(BLOCKS):
        raw_meter.begin()
        block = [bare.post("/raw", work.VALUES[0]) for _ in range(3 * instances // BLOCKS)]
        raw_meter.end(len(block))
        raw += block
        begun = [start(mine) for _ in range(instances // BLOCKS)]
        started += begun
        meter.begin()
        done = [answer for each in begun for answer in finish(mine, each.json)]
        meter.end(len(done))
        completed += done
    return OneClient(timings(started), timings(completed), timings(raw), meter.cost, raw_meter.cost, len(started))


def _warm(house: House) -> None:
    """Both web processes have read the definition and opened their connections."""
    for _ in range(WARM_UPS):
        mine = house.client()
        finish(mine, start(mine).json)
        Client(house.raw_port).post("/raw", work.VALUES[0])


def start(client: Client, key: str = work.KEY) -> Answer:
    """Start an instance; raises ``AssertionError`` unless that worked."""
    answer = client.post(f"/api/v1/processes/{key}/instances", {"variables": {}})
    assert answer.status == 201, answer.body
    return answer


def complete(client: Client, task_id: int, values: Any) -> Answer:
    """Complete a task, whatever the answer."""
    return client.post(f"/api/v1/tasks/{task_id}/complete", {"values": values})


def finish(client: Client, instance: Any) -> list[Answer]:
    """Complete all tasks of an instance, beginning where it stands; stops at the first error."""
    answers: list[Answer] = []
    names = ("triage", "office_answers", "record_outcome")
    while instance["status"] == "running":
        (task,) = instance["open_tasks"]
        answer = complete(client, task["id"], work.VALUES[names.index(task["element_id"])])
        answers.append(answer)
        if answer.status != 200:
            break
        instance = answer.json
    return answers
