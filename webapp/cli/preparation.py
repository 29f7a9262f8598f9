"""Making an installation ready: schema, first contents, processes never deployed. Every step may be repeated."""

from pathlib import Path

from webapp.cli.surroundings import as_system, sessions_for
from workflows import migrations
from workflows.actions import bundles, demo, upgrades
from workflows.core.clock import SystemClock
from workflows.core.db import make_engine
from workflows.core.settings import Settings
from workflows.domain import seed
from workflows.engine.checks import line


def prepare(settings: Settings, folder: Path) -> None:
    """Bring the database up to date and fill what is missing; killed half-way, the next start goes on."""
    migrate(settings)
    with as_system(settings) as tx:
        seed.load(tx)
    with as_system(settings) as tx:
        bundles.deploy_missing(tx, folder)
    if settings.demo:
        with sessions_for(settings) as sessions:
            demo.fill(sessions, settings, SystemClock())


def refuses(settings: Settings) -> bool:
    """Whether published processes name what this release has no more; says which and what, line by line.

    An empty database has none.
    """
    if revision(settings) is None:
        return False
    with as_system(settings) as tx:
        unfit = list(upgrades.unfit_versions(tx))
    for each in unfit:
        for finding in each.findings:
            print(f"{each.process_key} {each.number}: {line(finding)}")
    if unfit:
        print("Nichts geändert: Diese Prozesse passen nicht zu dieser Fassung. Erst ändern oder stilllegen.")
    return bool(unfit)


def is_behind(settings: Settings) -> bool:
    """Whether an earlier release was the last to run on this database."""
    return revision(settings) not in {None, migrations.newest()}


def revision(settings: Settings) -> str | None:
    """The revision of the schema, None for an empty database."""
    engine = make_engine(settings.database_url)
    try:
        return migrations.current(engine)
    finally:
        engine.dispose()


def migrate(settings: Settings) -> None:
    """The newest schema."""
    engine = make_engine(settings.database_url)
    try:
        migrations.upgrade(engine)
    finally:
        engine.dispose()
