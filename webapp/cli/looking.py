"""``lotse screenshots``: the pictures of all pages, made by what lies beside the source code and is never installed."""

from argparse import Namespace
from importlib import import_module
from importlib.util import find_spec

from webapp.cli.surroundings import Commands, add_command
from workflows.core.errors import LotseError


def register(commands: Commands) -> None:
    """Add screenshots."""
    text = "jede Seite der Vorführung als Bild ablegen, je Rolle und Breite, öffentliche auch arabisch"
    pictures = add_command(commands, "screenshots", run, text)
    pictures.add_argument("folder", metavar="ORDNER", help="wohin die Bilder geschrieben werden")
    pictures.add_argument("--only", default="", metavar="ANFANG", help="nur Seiten, deren Name so beginnt, etwa inbox")


def run(options: Namespace) -> int:
    """Draw; raises ``LotseError`` where only the product is installed."""
    if find_spec("tests") is None or find_spec("playwright") is None:
        raise LotseError("screenshots_missing", hint="only in a checkout of the source code, set up for its tests")
    return int(import_module("tests.e2e.pictures").main(options))
