"""Eight clients at once, and two that want the same task."""

from dataclasses import dataclass
from threading import Barrier
from typing import Any

from benchmarks import work
from benchmarks.client import Answer, Client, Crowd, crowd, timings
from benchmarks.house import House
from benchmarks.one_client import complete, finish, start

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class ManyClients:
    """Completions of eight clients, and requests of the bare route by as many."""

    completed: Crowd
    raw: Crowd
    instances: int


@dataclass(frozen=True, slots=True)
class Races:
    """``good`` of ``runs`` had one winner, one 409 and an instance that could be completed."""

    runs: int
    good: int
    slowest_refusal: float


def measure(house: House, instances: int) -> ManyClients:
    """Every client completes its own instances as fast as it is answered; each side twice, in turns, the better."""
    share = instances // CLIENTS
    mine = [house.client() for _ in range(CLIENTS)]
    bare = [Client(house.raw_port) for _ in range(CLIENTS)]
    raw: list[Crowd] = []
    completed: list[Crowd] = []
    for _ in range(2):
        raw.append(crowd(bare, [3 * share] * CLIENTS, _hammer))
        begun = [[start(client).json for _ in range(share)] for client in mine]
        completed.append(crowd(mine, begun, _finish_all))
    better = max(completed, key=lambda each: each.per_second)
    return ManyClients(better, max(raw, key=lambda each: each.per_second), 2 * share * CLIENTS)


def _hammer(client: Client, many: int) -> list[Answer]:
    return [client.post("/raw", work.VALUES[0]) for _ in range(many)]


def _finish_all(client: Client, instances: list[Any]) -> list[Answer]:
    return [answer for instance in instances for answer in finish(client, instance)]


def races(house: House, runs: int) -> Races:
    """Two complete the same task at the same moment."""
    both = (house.client(), house.client())
    good, slowest = 0, 0.0
    for _ in range(runs):
        instance = start(both[0]).json
        task_id = instance["open_tasks"][0]["id"]
        barrier = Barrier(2)

        def at_once(client: Client, task: int, line: Barrier = barrier) -> list[Answer]:
            line.wait()
            return [complete(client, task, work.VALUES[0])]

        answers = sorted(crowd(both, [task_id, task_id], at_once).answers, key=lambda answer: answer.status)
        after = both[0].get(f"/api/v1/instances/{instance['id']}").json
        rest = finish(both[0], after)
        is_unharmed = len(rest) == 2 and rest[-1].status == 200 and rest[-1].json["status"] == "completed"
        good += [answer.status for answer in answers] == [200, 409] and is_unharmed
        slowest = max(slowest, answers[-1].seconds * 1000)
    return Races(runs, good, slowest)


def p95(all_of: Crowd) -> float:
    """Milliseconds."""
    return timings(all_of.answers).p95
