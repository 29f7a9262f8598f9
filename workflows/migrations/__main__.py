"""Drafts the next revision: ``python -m workflows.migrations "what changes"``."""

import sys
import tempfile
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


if __name__ == "__main__":
    print(draft(sys.argv[1]))
