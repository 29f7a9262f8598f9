"""One web app for many tests: building it compiles every route and every template, a database is changed in a moment.

What a test may expect of an app of its own it gets: its database, its settings, its clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from webapp.app import create_app
from webapp.extensions import Surroundings, db
from workflows.core.clock import Clock, SystemClock
from workflows.core.db import make_engine
from workflows.core.settings import Settings


class CompiledTemplates(BytecodeCache):
    """What templates were compiled to, for every app of this process that is built like the first."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key, bucket.checksum] = bucket.code


_COMPILED = CompiledTemplates()


def quick_app(settings: Settings, clock: Clock) -> Flask:
    """An app of its own whose templates are compiled once in a run."""
    app = create_app(settings, clock)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


@contextmanager
def app_in(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The shared app at work with this database, these settings, this clock; its connections are closed afterwards."""
    app = _built(settings.public_url, settings.secret_key)
    app.extensions["lotse"] = Surroundings(settings, clock)
    engine = make_engine(settings.database_url)
    with app.app_context():
        db.engines[None] = engine
    yield app
    engine.dispose()


@cache
def _built(public_url: str, secret_key: bytes) -> Flask:
    # What else an app is configured with is the same in all tests' settings; see webapp/app.py.
    settings = Settings("sqlite://", secret_key, b"replaced by every test's settings", public_url, Path())
    return quick_app(settings, SystemClock())
