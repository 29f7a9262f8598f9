"""The stories of all processes, played on the real engine with a session of its own for every step."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.bpmn.conftest import BUNDLES, KEYS
from tests.conftest import PostgresServer
from workflows.actions.play import Performance, play
from workflows.core.db import make_engine, make_sessions
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.engine.content import Content

STORIES = [
    (path.parents[1].name, path.stem) for key in KEYS for path in sorted((BUNDLES / key / "scenarios").glob("*"))
]


@dataclass(frozen=True)
class Season:
    """All stories played one after the other in one database, and the mails they wrote."""

    performances: dict[str, list[Performance]]
    mails: list[Mail]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def season(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Season]:
    """Played once on each database for all tests, which only look."""
    folder = tmp_path_factory.mktemp("season")
    if request.param == "sqlite":
        shutil.copyfile(sqlite_template, folder / "lotse.sqlite3")
        url = f"sqlite:///{folder / 'lotse.sqlite3'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        server.admin.execute(f"CREATE DATABASE season TEMPLATE {request.getfixturevalue('postgres_template')}")
        url = server.url("season")
    key = b"key of the tests, 32 bytes long."
    settings = Settings(url, key, key, "https://lotse.example", folder)
    engine = make_engine(url)
    sessions = make_sessions(engine)
    performances = {each: play(sessions, settings, BUNDLES / each) for each in KEYS}
    with sessions() as session:
        mails = list(session.scalars(select(Mail)))
    engine.dispose()
    yield Season(performances, mails)
    if request.param == "postgresql":
        server.admin.execute("DROP DATABASE season WITH (FORCE)")


@pytest.mark.parametrize(("process", "story"), STORIES, ids=["-".join(pair) for pair in STORIES])
def test_every_story_goes_as_told_beside_all_others(process: str, story: str, season: Season) -> None:
    (performance,) = (each for each in season.performances[process] if each.scenario.name == story)
    assert performance.deviations == []


def test_the_stories_walk_every_flow_and_every_boundary(key: str, content: Content, season: Season) -> None:
    walked = frozenset[str]().union(*(each.walked[key] for each in season.performances[key]))
    assert content.parsed is not None
    boundaries = {each.id for each in content.parsed.elements.values() if each.attached_to}
    assert sorted((content.parsed.flows.keys() | boundaries) - walked) == []


def test_no_mail_carries_what_the_enquirer_typed(season: Season) -> None:
    typed = ("Abend", "Vorstand ist neu", "A. Beispiel", "Verein Beispiel", "0611")
    assert [mail.subject for mail in season.mails if any(words in mail.subject + mail.text for words in typed)] == []


def test_mails_come_in_the_language_of_the_enquiry(season: Season) -> None:
    assert {mail.language for mail in season.mails} == {"de", "en", "ar"}


def test_funding_mails_name_the_documents_and_who_decides(season: Season) -> None:
    texts = [mail.text for mail in season.mails if "Antrag soll bis" in mail.text or "Entscheiden wird" in mail.text]
    assert texts
    assert all("Satzung" in text or "Kommission" in text or "Land" in text or "selbst" in text for text in texts)
