"""Making an installation ready: schema, first contents, processes never deployed. Every step may be repeated."""

from pathlib import Path

from webapp.cli.surroundings import as_system, sessions_for
from workflows import migrations
from workflows.actions import bundles, demo, upgrades
from workflows.actions.upgrades import Unfit
from workflows.core.clock import SystemClock
from workflows.core.db import make_engine
from workflows.core.settings import Settings
from workflows.domain import seed


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


def unfit_versions(settings: Settings) -> list[Unfit]:
    """The published processes that this release cannot run; none in a database that is still empty."""
    engine = make_engine(settings.database_url)
    try:
        is_empty = migrations.current(engine) is None
    finally:
        engine.dispose()
    if is_empty:
        return []
    with as_system(settings) as tx:
        return list(upgrades.unfit_versions(tx))


def migrate(settings: Settings) -> None:
    """The newest schema."""
    engine = make_engine(settings.database_url)
    try:
        migrations.upgrade(engine)
    finally:
        engine.dispose()
