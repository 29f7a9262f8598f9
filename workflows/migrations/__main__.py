"""Drafts the next revision: ``python -m workflows.migrations "what changes"``."""

import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from workflows.core.db import make_engine
from workflows.migrations import configuration, upgrade


def draft(message: str) -> Path:
    """Write the revision that leads from the newest one to the tables in the code; to be read before it is kept."""
    config = configuration()
    scripts = ScriptDirectory.from_config(config)
    number = f"{len(list(scripts.walk_revisions())) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/draft.sqlite3")
        if scripts.get_current_head() is not None:
            upgrade(engine)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            script = command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def main(arguments: Sequence[str] | None = None) -> Path:
    """Read the command and draft; what is no sentence, as ``--help`` or nothing, names no revision."""
    parser = ArgumentParser("python -m workflows.migrations", description=__doc__)
    parser.add_argument("message", metavar="MESSAGE", help="what changes, in a few words")
    message: str = parser.parse_args(arguments).message
    if not any(map(str.isalpha, message)):
        parser.error("MESSAGE must say what changes")
    return draft(message)


if __name__ == "__main__":
    print(main())
