"""One whole run on one database, from the empty house to the last figure."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import growth, in_process, many_clients, one_client, pages
from benchmarks.client import Crowd
from benchmarks.databases import Database, stored_bytes
from benchmarks.growth import AtSize, Turning
from benchmarks.house import house
from benchmarks.in_process import Asked
from benchmarks.many_clients import ManyClients, Races
from benchmarks.one_client import OneClient
from benchmarks.pages import Forms
from benchmarks.processes import Memory, largest_memory

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    instances: int = 200
    crowd: int = 240
    races: int = 25
    turns: int = 2000
    forms: int = 100
    sizes: tuple[int, ...] = (100, 100_000)


QUICK = Plan(instances=50, crowd=80, races=8, turns=300, forms=30, sizes=(100, 10_000))


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that was measured on one database; bytes, seconds and microseconds as the names say."""

    one: OneClient
    asked: Asked
    many: ManyClients
    races: Races
    bytes_per_instance: float
    turning: Turning
    sizes: list[AtSize]
    forms: Forms
    browsers: Crowd
    web_memory: Memory
    worker_memory: Memory
    raw_memory: Memory
    cold_start: float
    expression: float
    database_cpu: bool


def measure(database: Database, folder: Path, plan: Plan, tell: Tell) -> Figures:
    """Run everything once; ``tell`` is called with what comes next."""
    with house(database, folder) as here:
        tell("ein Client")
        before = stored_bytes(here.engine)
        one = one_client.measure(here, plan.instances)
        tell("acht Clients")
        many = many_clients.measure(here, plan.crowd)
        finished = one.instances + many.instances + one_client.WARM_UPS
        grown = (stored_bytes(here.engine) - before) / finished
        races = many_clients.races(here, plan.races)
        tell("Runden")
        turning = growth.turning(here, plan.turns)
        tell("Formulare")
        asked, forms = in_process.asked(here), pages.forms(here, plan.forms)
        browsers = pages.many_browsers(here, plan.crowd)
        sizes = []
        for size in plan.sizes:
            tell(f"{size} offene Aufgaben")
            sizes.append(growth.at_size(here, size))
        web, worker, raw = (largest_memory(process) for process in (here.web, here.worker, here.raw))
    tell("Kaltstart")
    return Figures(
        one=one,
        asked=asked,
        many=many,
        races=races,
        bytes_per_instance=grown,
        turning=turning,
        sizes=sizes,
        forms=forms,
        browsers=browsers,
        web_memory=web,
        worker_memory=worker,
        raw_memory=raw,
        cold_start=in_process.cold_start(database, folder),
        expression=in_process.expression_microseconds(),
        database_cpu=database.server_pid is not None,
    )
