"""Houses in the middle of a story, each test with a copy of its own, and a real mail server."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.actions.conftest import open_house
from tests.conftest import PostgresServer
from tests.core.mail_server import MailServer, running
from tests.faults.story import Story
from workflows.core.clock import SetClock, SystemClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Actor, Tx, transaction

_NUMBERS = count(1)

CopyOf = Callable[[str | None], str]
"""Gives the URL of a new copy of the database of that URL; of the empty one for None."""


@dataclass(frozen=True)
class Kept:
    """A prepared database that copies are made from, with who works there and what an undisturbed end looks like."""

    url: str
    actors: Mapping[str, Actor]
    undisturbed: Mapping[str, Any]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each test runs on both databases."""
    return str(request.param)


@pytest.fixture(scope="session")
def kept() -> dict[tuple[str, str], Kept]:
    """Stories told up to their fault so far, by database and act."""
    return {}


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Takes every mail."""
    with running() as server:
        yield server


@pytest.fixture
def copy_of(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CopyOf:
    """Copies databases of the test's kind."""
    if kind == "sqlite":
        empty: Path = request.getfixturevalue("sqlite_template")

        def copied(source: str | None) -> str:
            path = tmp_path_factory.mktemp("fault") / "lotse.sqlite3"
            shutil.copyfile(empty if source is None else source.removeprefix("sqlite:///"), path)
            return f"sqlite:///{path}"

        return copied
    server: PostgresServer = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")

    def created(source: str | None) -> str:
        name = f"fault_{next(_NUMBERS)}"
        original = template if source is None else source.split("/")[3].split("?")[0]
        server.admin.execute(f"CREATE DATABASE {name} TEMPLATE {original}")
        return server.url(name)

    return created


@pytest.fixture
def tell(
    kind: str, kept: dict[tuple[str, str], Kept], copy_of: CopyOf, mail_server: MailServer, tmp_path: Path
) -> Iterator[Callable[[str], Story]]:
    """``tell("asked")``: a house of its own in which the story was told up to the end of that act."""
    with ExitStack() as stack:

        def at(url: str, actors: Mapping[str, Actor]) -> AbstractContextManager[Story]:
            return house_at(settings_at(url, tmp_path, mail_server), actors)

        def told(act: str) -> Story:
            if (kind, act) not in kept:
                kept[kind, act] = _prepare(act, at, copy_of)
            found = kept[kind, act]
            story = stack.enter_context(at(copy_of(found.url), found.actors))
            story.undisturbed = found.undisturbed
            return story

        yield told


def _prepare(
    act: str, at: Callable[[str, Mapping[str, Actor]], AbstractContextManager[Story]], copy_of: CopyOf
) -> Kept:
    url = copy_of(None)
    with at(url, {}) as story:
        story.actors.update(open_house(story.begin))
        getattr(story, act)()
        actors = dict(story.actors)
    with at(copy_of(url), actors) as story:
        story.catch_up()
        assert story.is_quiet()
        assert story.findings() == []
        return Kept(url, actors, story.seen())


@contextmanager
def house_at(settings: Settings, actors: Mapping[str, Actor]) -> Iterator[Story]:
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)

    def begin(actor: Actor = SYSTEM) -> AbstractContextManager[Tx]:
        return transaction(sessions(), actor, SystemClock(), settings)

    try:
        yield Story(begin, sessions, settings, SetClock(SystemClock().now()), dict(actors))
    finally:
        engine.dispose()


def settings_at(url: str, folder: Path, server: MailServer) -> Settings:
    return Settings(
        database_url=url,
        secret_key=b"secret-key-of-the-tests-32-bytes",
        audit_key=b"audit-key-of-the-tests--32-bytes",
        public_url="http://127.0.0.1:8000",
        instance=folder,
        smtp=server.settings,
        mail_from="koordinierung@lotse.example",
    )
