"""The stories of all processes, played on the real engine with a session of its own for every step."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.bpmn.conftest import BUNDLES
from tests.conftest import PostgresServer
from workflows.actions.play import Performance, play
from workflows.core.db import make_engine, make_sessions
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.engine.content import Content

pytestmark = pytest.mark.timeout(400)

# What enquirers type in the stories, and who decides or which documents are asked for.
TYPED = ("Abend", "Vorstand ist neu", "A. Beispiel", "Verein Beispiel", "0611")
DECIDE = ("Satzung", "Kommission", "Land", "selbst", "Träger", "Formular")

EUROS = re.compile(r"\S* €")
WRITTEN_OUT = re.compile(r"([1-9][0-9]{0,2}(\.[0-9]{3})*|0),[0-9]{2} €")


def season(url: str, folder: Path, key: str) -> tuple[list[Performance], list[Mail]]:
    """All stories of a process played one after the other in one database, and the mails they wrote."""
    secret = b"key of the tests, 32 bytes long."
    engine = make_engine(url)
    sessions = make_sessions(engine)
    performances = play(sessions, Settings(url, secret, secret, "https://lotse.example", folder), BUNDLES / key)
    with sessions() as session:
        mails = list(session.scalars(select(Mail)))
    engine.dispose()
    return performances, mails


def told_otherwise(key: str, performances: Sequence[Performance]) -> dict[str, object]:
    stories = {path.stem for path in (BUNDLES / key / "scenarios").glob("*")}
    assert {each.scenario.name for each in performances} == stories
    return {each.scenario.name: each.deviations for each in performances if each.deviations}


def not_walked(content: Content, key: str, performances: Sequence[Performance]) -> list[str]:
    walked = frozenset[str]().union(*(each.walked[key] for each in performances))
    assert content.parsed is not None
    boundaries = {each.id for each in content.parsed.elements.values() if each.attached_to}
    return sorted((content.parsed.flows.keys() | boundaries) - walked)


def test_every_story_goes_as_told_beside_all_others(
    key: str, content: Content, sqlite_template: Path, tmp_path: Path
) -> None:
    """One test, as nothing else can be said without playing: no mail carries what was typed, each its language."""
    shutil.copyfile(sqlite_template, tmp_path / "lotse.sqlite3")
    performances, mails = season(f"sqlite:///{tmp_path / 'lotse.sqlite3'}", tmp_path, key)
    assert told_otherwise(key, performances) == {}
    assert not_walked(content, key, performances) == []
    assert [mail.subject for mail in mails if any(words in mail.subject + mail.text for words in TYPED)] == []
    assert key != "enquiry" or {mail.language for mail in mails} == {"de", "en", "ar"}
    texts = [mail.text for mail in mails if "Antrag soll bis" in mail.text or "Entscheiden wird" in mail.text]
    assert key != "funding" or texts
    assert all(any(words in text for words in DECIDE) for text in texts)
    amounts = [text for mail in mails for text in EUROS.findall(mail.text)]
    assert key != "funding" or amounts
    assert [text for text in amounts if not WRITTEN_OUT.fullmatch(text)] == []


def test_every_story_goes_as_told_on_postgresql(
    key: str, postgres: PostgresServer, postgres_template: str, tmp_path: Path
) -> None:
    postgres.admin.execute(f"CREATE DATABASE season_{key} TEMPLATE {postgres_template}")
    performances, _mails = season(postgres.url(f"season_{key}"), tmp_path, key)
    postgres.admin.execute(f"DROP DATABASE season_{key} WITH (FORCE)")
    assert told_otherwise(key, performances) == {}
