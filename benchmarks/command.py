"""``lotse bench``: measures, prints the goals beside what was reached, and writes a JSON file."""

import os
import platform
from argparse import Namespace
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from benchmarks import databases, goals
from benchmarks.databases import Database
from benchmarks.measuring import QUICK, Plan, measure

MILLION = 1_000_000


def main(options: Namespace) -> int:
    """Measure on the wanted databases; 0 however the figures are, for a noisy machine is no fault of the code."""
    kinds = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    plan = _plan(options)
    report: dict[str, Any] = {"machine": _machine(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    print(f"{report['machine']}, {report['at']}", flush=True)
    for kind in kinds:
        with TemporaryDirectory(prefix="lotse-bench-") as folder, _database(kind, Path(folder)) as database:
            figures = measure(database, Path(folder), plan, _tell)
        rows = goals.rows(figures)
        print(f"\n{goals.table(kind, rows)}\n", flush=True)
        report[kind] = [asdict(row) for row in rows]
    options.json.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    print(f"Alle Werte stehen in {options.json}.")
    return 0


def _tell(step: str) -> None:
    print(f"  {step} …", flush=True)


def _plan(options: Namespace) -> Plan:
    plan = QUICK if options.quick else Plan()
    return Plan(**{**asdict(plan), "sizes": (*plan.sizes, MILLION)}) if options.million else plan


def _database(kind: str, folder: Path) -> AbstractContextManager[Database]:
    if kind == "sqlite":
        return databases.sqlite(folder)
    return databases.postgresql(os.environ.get("DATABASE_URL"))


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} Kerne, Python {platform.python_version()}"
