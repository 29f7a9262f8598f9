"""The player of scenarios notices when a story and its process part."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from sqlalchemy.orm import Session, sessionmaker

from tests.bpmn.conftest import BUNDLES
from tests.conftest import Begin
from workflows.actions.play import Performance, play
from workflows.core.errors import LotseError, NotFound
from workflows.core.settings import Settings
from workflows.engine import definitions

ENQUIRY = {"choice": "advice", "kind": "enquiry", "topics": ["language"], "text": "Wir suchen einen Kurs."}
TERMS = {"office": "caritas", "reason": "Kurs gesucht", "share": ["topics"], "legal_basis": "public_task"}
START = {"day": "2026-03-02", "enquiry": ENQUIRY, "referral": TERMS}
ACCEPT = {"complete": "answer_referral", "by": "office", "values": {"answer": "accept", "contact_person": "Team"}}

Tell = Callable[..., Performance]


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    """A copy of the delivered bundles whose stories may be changed."""
    return Path(shutil.copytree(BUNDLES, tmp_path / "bpmn"))


@pytest.fixture
def tell(bundles: Path, sessions: sessionmaker[Session], settings: Settings) -> Tell:
    """Plays a referral's story given as data."""

    def told(*steps: dict[str, Any]) -> Performance:
        _write(bundles, {"title": "Probe", "start": START, "steps": list(steps)})
        (performance,) = play(sessions, settings, bundles / "referral", "probe")
        return performance

    return told


def _write(bundles: Path, story: dict[str, Any]) -> None:
    text = yaml.safe_dump(story).replace("'2026-03-02'", "2026-03-02")
    (bundles / "referral" / "scenarios" / "probe.yaml").write_text(text, encoding="utf-8")


def test_a_true_expectation_passes_and_a_false_one_is_named(tell: Tell) -> None:
    performance = tell(
        {"expect": {"tasks": ["answer_referral"], "mails": ["invite_office"], "ended": False}},
        {"expect": {"tasks": ["report_outcome"], "mails": ["tell_accepted"], "status": "closed", "ended": True}},
        {"expect": {"path": ["accept_referral"], "referrals": {"caritas": "closed"}}},
    )
    assert [(each.step, each.code) for each in performance.deviations] == [
        (2, "tasks_differ"),
        (2, "mails_differ"),
        (2, "status_differs"),
        (2, "not_ended"),
        (3, "path_differs"),
        (3, "referrals_differ"),
    ]


def test_a_task_that_is_not_open_ends_the_story(tell: Tell) -> None:
    performance = tell({"complete": "report_outcome", "by": "office"}, ACCEPT)
    assert [(each.step, each.code) for each in performance.deviations] == [(1, "task_not_open")]


def test_forms_hold_for_stories_too(tell: Tell) -> None:
    performance = tell({"complete": "answer_referral", "by": "office", "values": {"answer": "accept"}})
    assert performance.deviations[0].facts["contact_person"] == ["required"]
    assert "Wer meldet sich bei der Organisation?" in cast(list[str], performance.deviations[0].facts["fields"])


def test_nobody_does_what_is_not_theirs(tell: Tell) -> None:
    performance = tell({**ACCEPT, "by": "leadership"})
    assert [each.code for each in performance.deviations] == ["not_found"]


def test_what_falls_due_while_time_passes_happens_at_its_own_moment(tell: Tell) -> None:
    performance = tell({"advance": "P60D"}, {"expect": {"ended": True}})
    assert performance.is_as_told
    beginning, passed = performance.scenes
    assert beginning.tasks == ("answer_referral",)
    assert passed.elements[:2] == ("half_time", "remind_answer")
    assert passed.elements[-1] == "referral_closed"
    assert f"{passed.at:%d.%m.%Y}" == "01.05.2026"


def test_what_a_story_leaves_open_is_ended_after_it(
    tell: Tell, bundles: Path, sessions: sessionmaker[Session], settings: Settings
) -> None:
    tell(ACCEPT)
    (again,) = play(sessions, settings, bundles / "referral", "helps")
    assert again.is_as_told


def test_a_whole_folder_of_bundles_is_deployed_once(tell: Tell, begin: Begin) -> None:
    tell()
    tell()
    with begin() as tx:
        found = {key: definitions.active(tx.session, key).number for key in ("enquiry", "referral")}
    assert found == {"enquiry": 1, "referral": 1}


def test_a_story_that_does_not_exist_is_not_found(sessions: sessionmaker[Session], settings: Settings) -> None:
    with pytest.raises(NotFound) as missing:
        play(sessions, settings, BUNDLES / "referral", "nowhere")
    assert missing.value.code == "scenario_unknown"


@pytest.mark.parametrize(
    "story",
    [
        "title: [",
        "just words",
        "title: Ohne Tag\nstart: {}\nsteps: []",
        "title: Falsch\nstart: {day: 2026-03-02, weather: fine}\nsteps: []",
        "title: Falsch\nstart: {day: 2026-03-02}\nsteps: [{dance: all}]",
        "title: Falsch\nstart: {day: 2026-03-02}\nsteps: [{expect: {weather: fine}}]",
    ],
)
def test_an_unreadable_story_names_its_file(
    story: str, bundles: Path, sessions: sessionmaker[Session], settings: Settings
) -> None:
    (bundles / "referral" / "scenarios" / "probe.yaml").write_text(story, encoding="utf-8")
    with pytest.raises(LotseError) as refused:
        play(sessions, settings, bundles / "referral", "probe")
    assert refused.value.code == "scenario_unreadable"
    assert refused.value.facts["file"] == "probe.yaml"


def test_a_message_that_no_process_knows_is_told_with_those_there_are(tell: Tell) -> None:
    (deviation,) = tell({"message": "outcome_confirmd", "about": "caritas", "values": {"answer": "yes"}}).deviations
    assert (deviation.step, deviation.code) == (1, "message_unknown")
    assert deviation.facts["message"] == "outcome_confirmd"
    assert "outcome_confirmed" in cast(list[str], deviation.facts["known"])
