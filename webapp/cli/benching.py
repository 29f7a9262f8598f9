"""``lotse bench``: the measurements of ``benchmarks/``, which lie beside the source code and are never installed."""

from argparse import Namespace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from webapp.cli.surroundings import Commands, add_command
from workflows.core.errors import LotseError


def register(commands: Commands) -> None:
    """Add bench."""
    text = "messen: Ziele, rohe Grenze und eigene Werte nebeneinander (einige Minuten, eigene leere Datenbanken)"
    bench = add_command(commands, "bench", run, text)
    bench.add_argument(
        "--database",
        choices=("sqlite", "postgresql", "both"),
        default="both",
        help="worauf gemessen wird (Standard both); PostgreSQL unter DATABASE_URL, sonst ein eigener Server",
    )
    bench.add_argument("--quick", action="store_true", help="kleinere Mengen, für zwischendurch")
    bench.add_argument("--million", action="store_true", help="die Listen auch mit einer Million offener Aufgaben")
    bench.add_argument("--json", type=Path, default=Path("bench.json"), help="wohin die Werte geschrieben werden")


def run(options: Namespace) -> int:
    """Measure; raises ``LotseError`` where only the product is installed."""
    if find_spec("benchmarks") is None:
        raise LotseError("benchmarks_missing", hint="only in a checkout of the source code")
    return int(import_module("benchmarks.command").main(options))
