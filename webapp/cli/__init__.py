"""The command ``lotse``: run the house, look after it, try out bundles and expressions."""

import argparse
import sys
from collections.abc import Sequence

from webapp.cli import benching, bundles, incidents, looking, models, offices, people, serving, upkeep
from webapp.cli.failures import EXPECTED, sentences
from workflows.core import logs
from workflows.core.settings import SettingsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; gives the exit code (0 good, 1 a finding or failure, 2 wrong use)."""
    logs.configure()
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(f"lotse: {error}", file=sys.stderr)
        return 1
    except EXPECTED as error:
        for sentence in sentences(error):
            print(f"lotse: {sentence}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """All subcommands with their options."""
    top = argparse.ArgumentParser(prog="lotse", description="Lotse: Vorgänge der Koordinierungsstelle.")
    commands = top.add_subparsers(required=True, metavar="BEFEHL")
    for module in (serving, upkeep, incidents, people, offices, models, bundles, benching, looking):
        module.register(commands)
    return top
