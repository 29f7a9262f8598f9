"""What every subcommand needs: settings from the environment, sessions, one transaction."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from workflows.core.clock import SystemClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.errors import NotFound
from workflows.core.settings import Settings, read_settings
from workflows.core.tx import SYSTEM, Tx, transaction
from workflows.domain import people

Commands = Any  # argparse keeps the type of its sub-parsers private


def add_command(commands: Commands, name: str, run: Any, text: str) -> ArgumentParser:
    """A subcommand that calls ``run(options)``."""
    parser: ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def settings_of(options: Namespace) -> Settings:
    """Settings from the environment; run-time data lies in ``LOTSE_INSTANCE``, by default ``instance/`` here."""
    environ = dict(os.environ)
    if getattr(options, "port", None):
        environ.setdefault("LOTSE_PUBLIC_URL", f"http://{options.host}:{options.port}")
    instance = Path(environ.get("LOTSE_INSTANCE", "instance"))
    return read_settings(environ, instance, demo=getattr(options, "demo", False))


@contextmanager
def sessions_for(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on an engine of their own, closed at the end."""
    engine = make_engine(settings.database_url)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()


@contextmanager
def as_system(settings: Settings) -> Iterator[Tx]:
    """One transaction of the system itself, as behind maintenance commands."""
    with (
        sessions_for(settings) as sessions,
        transaction(sessions(), SYSTEM, SystemClock(), settings) as tx,
    ):
        yield tx


@contextmanager
def as_user(settings: Settings, email: str) -> Iterator[Tx]:
    """One transaction of the account with that address, as if signed in; raises ``NotFound`` without an active one."""
    with as_system(settings) as tx:
        user = people.find_by_email(tx.session, email)
        if user is None or not user.is_active:
            raise NotFound("not_found", kind="user", email=email)
        yield Tx(tx.session, people.actor(tx.session, user, tx.now), tx.now, tx.settings)
