"""The goals, each with the limit measured in the same run and what was reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.growth import AtSize
from benchmarks.many_clients import p95
from benchmarks.measuring import Figures
from benchmarks.processes import Memory


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``met`` is None for what has no goal of its own."""

    measure: str
    goal: str
    limit: str
    ours: str
    met: bool | None
    values: dict[str, Any]

    @property
    def verdict(self) -> str:
        """The last column."""
        return "–" if self.met is None else ("ja" if self.met else "NEIN")


def rows(found: Figures) -> list[Row]:
    """All rows of one database; goals are those of PostgreSQL, on SQLite they only show where it stands."""
    return [
        *_one_client(found),
        *_many_clients(found),
        *_growth(found),
        *_pages(found),
        *_processes(found),
    ]


def _row(measure: str, goal: str, limit: str, ours: str, met: bool | None, **values: Any) -> Row:
    return Row(measure, goal, limit, ours, met, values)


def _one_client(found: Figures) -> list[Row]:
    one, asked = found.one, found.asked
    ratio = one.complete.p50 / one.raw.p50
    is_apart = found.database_cpu
    cost = f"{one.cost.web:.1f}" + (f" + {one.cost.database:.1f} ms" if is_apart else " ms")
    raw_cost = f"{one.raw_cost.web:.1f}" + (f" + {one.raw_cost.database:.1f} ms" if is_apart else " ms")
    limit = f"{one.raw.p50:.1f} ms"
    return [
        _row("Start, p50", "", limit, f"{one.start.p50:.1f} ms", None, p50=one.start.p50, p95=one.start.p95),
        _row(
            "Aufgabe erledigen (API), p50",
            "≤ 3 × Grenze",
            limit,
            f"{one.complete.p50:.1f} ms ({ratio:.1f} ×)",
            ratio <= 3,
            p50=one.complete.p50,
            ratio=ratio,
            raw_p50=one.raw.p50,
        ),
        _row(
            "… p95",
            "≤ 45 ms",
            f"{one.raw.p95:.1f} ms",
            f"{one.complete.p95:.1f} ms",
            one.complete.p95 <= 45,
            p95=one.complete.p95,
            raw_p95=one.raw.p95,
        ),
        _row(
            "… CPU Web + Datenbank",
            "≤ 10 + 2,5 ms",
            raw_cost,
            cost,
            one.cost.web <= 10 and one.cost.database <= 2.5,
            web=one.cost.web,
            database=one.cost.database,
            raw_web=one.raw_cost.web,
            raw_database=one.raw_cost.database,
        ),
        _row(
            "… SQL-Anweisungen, Commits",
            "≤ 12, genau 1",
            "3, 1",
            f"{asked.statements} (+ {asked.sign_in} Anmeldung), {asked.commits}",
            asked.statements <= 12 and asked.commits == 1,
            statements=asked.statements,
            sign_in=asked.sign_in,
            commits=asked.commits,
        ),
    ]


def _many_clients(found: Figures) -> list[Row]:
    many, races = found.many, found.races
    rate, slow, raw_slow = many.completed.per_second, p95(many.completed), p95(many.raw)
    errors = many.completed.errors
    return [
        _row(
            "8 Clients: Erledigungen/s, Fehler",
            "≥ 120/s, 0",
            f"{many.raw.per_second:.0f}/s",
            f"{rate:.0f}/s, {errors}",
            rate >= 120 and errors == 0,
            per_second=rate,
            errors=errors,
            raw_per_second=many.raw.per_second,
        ),
        _row(
            "… p95",
            "≤ 150 ms",
            f"{raw_slow:.0f} ms",
            f"{slow:.0f} ms",
            slow <= 150,
            p95=slow,
            raw_p95=raw_slow,
        ),
        _row(
            "Zwei erledigen dieselbe Aufgabe",
            "einer gewinnt, 409 in 100 ms",
            "",
            f"{races.good} von {races.runs}, höchstens {races.slowest_refusal:.0f} ms",
            races.good == races.runs and races.slowest_refusal <= 100,
            runs=races.runs,
            good=races.good,
            slowest_refusal=races.slowest_refusal,
        ),
    ]


def _growth(found: Figures) -> list[Row]:
    turning, sizes = found.turning, found.sizes
    times, size = turning.last / turning.first, turning.late_bytes / turning.early_bytes
    return [
        _row(
            "Bytes je fertiger Instanz",
            "≤ 8 kB",
            "",
            f"{found.bytes_per_instance / 1000:.1f} kB",
            found.bytes_per_instance <= 8000,
            bytes=found.bytes_per_instance,
        ),
        _row(
            f"{turning.steps} Runden: Zeit, Bytes am Ende zu Anfang",
            "gleich bleibend",
            "",
            f"{times:.2f} ×, {size:.2f} ×",
            times <= 1.25 and size <= 1.05,
            first=turning.first,
            last=turning.last,
            early_bytes=turning.early_bytes,
            late_bytes=turning.late_bytes,
        ),
        _sized(
            "Liste mit 25 (API), p50",
            "Verhältnis ≤ 1,5",
            sizes,
            lambda at: at.items.p50,
            [at.raw.p50 for at in sizes],
            1.5,
        ),
        _sized("Fällige Frist suchen", "unabhängig (≤ 1,5 ×)", sizes, lambda at: at.due, [], 1.5),
    ]


def _sized(
    measure: str, goal: str, sizes: Sequence[AtSize], of: Callable[[AtSize], float], raw: list[float], most: float
) -> Row:
    """A row over all sizes; the ratio is largest to smallest."""
    taken = [of(at) for at in sizes]
    ratio = taken[-1] / taken[0]
    return _row(
        f"{measure} bei {_numbers(sizes)} offenen",
        goal,
        " / ".join(f"{each:.1f}" for each in raw) + (" ms" if raw else ""),
        " / ".join(f"{each:.1f}" for each in taken) + f" ms ({ratio:.2f} ×)",
        ratio <= most,
        milliseconds=taken,
        ratio=ratio,
        sizes=[at.open_tasks for at in sizes],
    )


def _numbers(sizes: Sequence[AtSize]) -> str:
    return " / ".join(_thousands(at.open_tasks) for at in sizes)


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _pages(found: Figures) -> list[Row]:
    forms, crowd, sizes = found.forms, found.browsers, found.sizes
    pages, largest = [at.inbox.page.p50 for at in sizes], max(at.inbox.size for at in sizes)
    ratio = pages[-1] / pages[0]
    return [
        _row(
            "Aufgabe erledigen (Formular), p50; CPU Web",
            "≤ 40 ms; ≤ 18 ms",
            f"{found.one.raw.p50:.1f} ms",
            f"{forms.complete.p50:.1f} ms; {forms.web_cpu:.1f} ms",
            forms.complete.p50 <= 40 and forms.web_cpu <= 18,
            p50=forms.complete.p50,
            p95=forms.complete.p95,
            web=forms.web_cpu,
            opened_p50=forms.opened.p50,
        ),
        _row(
            "8 Browser: Formulare/s, Fehler",
            "≥ 50/s, 0",
            f"{found.many.raw.per_second:.0f}/s",
            f"{crowd.per_second:.0f}/s, {crowd.errors}",
            crowd.per_second >= 50 and crowd.errors == 0,
            per_second=crowd.per_second,
            errors=crowd.errors,
            p95=p95(crowd),
        ),
        _row(
            f"Posteingang mit 25 bei {_numbers(sizes)} offenen, p50; Größe",
            "≤ 25 ms, Verhältnis ≤ 1,5; ≤ 60 kB",
            " / ".join(f"{at.raw.p50:.1f}" for at in sizes) + " ms",
            " / ".join(f"{each:.1f}" for each in pages) + f" ms ({ratio:.2f} ×); {largest / 1000:.0f} kB",
            max(pages) <= 25 and ratio <= 1.5 and largest <= 60_000,
            milliseconds=pages,
            ratio=ratio,
            bytes=largest,
        ),
    ]


def _processes(found: Figures) -> list[Row]:
    web, worker = found.web_memory, found.worker_memory
    own = max(web.own, worker.own) / 1e6
    return [
        _row(
            "Speicher je Webprozess, Worker (mit allem Geteilten)",
            "≤ 90 MB",
            _megabytes(found.raw_memory),
            f"{_megabytes(web)}, {_megabytes(worker)}",
            own <= 90,
            web_own=web.own,
            web_resident=web.resident,
            worker_own=worker.own,
            worker_resident=worker.resident,
        ),
        _row(
            "Kaltstart bis zur ersten Seite",
            "≤ 2,5 s",
            "",
            f"{found.cold_start:.1f} s",
            found.cold_start <= 2.5,
            seconds=found.cold_start,
        ),
        _row(
            "FEEL-Bedingung",
            "≤ 10 µs",
            "",
            f"{found.expression:.1f} µs",
            found.expression <= 10,
            microseconds=found.expression,
        ),
    ]


def _megabytes(memory: Memory) -> str:
    return f"{memory.own / 1e6:.0f} ({memory.resident / 1e6:.0f}) MB"


def table(kind: str, lines: Sequence[Row]) -> str:
    """The rows as Markdown."""
    head = [f"| {kind} | Ziel | Grenze | wir | erreicht |", "|---|---|---|---|---|"]
    return "\n".join(
        [*head, *(f"| {row.measure} | {row.goal} | {row.limit} | {row.ours} | {row.verdict} |" for row in lines)]
    )
