"""Trying a draft: played on the real engine, seen by nobody, kept as a scenario."""

import re
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.actions.conftest import House
from tests.actions.test_workshop import DIAGRAM, Owners, draft_id, owners, write
from tests.conftest import Begin
from webapp.wording.trials import deviation_text
from workflows.actions import publishing, recording, stage, trials, workshop
from workflows.core.errors import Invalid, LotseError, NotFound
from workflows.engine.findings import BundleRefused
from workflows.migrations import tables

__all__ = ["draft_id", "owners"]

ACCEPTED = {"complete": "answer_referral", "by": "office", "values": {"answer": "accept", "contact_person": "Team"}}


def rows(sessions: sessionmaker[Session]) -> dict[str, list[str]]:
    """Every row of every table but those of drafts."""
    with sessions() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in tables.metadata().sorted_tables
            if not table.name.startswith("draft")
        }


@pytest.fixture
def trial(begin: Begin, owners: Owners, draft_id: int) -> str:
    """A trial that begins as the story of a helping office does."""
    with begin(owners[0]) as tx:
        return recording.begin(tx, draft_id, "helps", "Meine Probe")


def test_all_scenarios_of_the_house_go_as_told_and_leave_nothing(
    begin: Begin, owners: Owners, sessions: sessionmaker[Session]
) -> None:
    with begin(owners[0]) as tx:
        draft_id = workshop.begin(tx, "referral").id
    before = rows(sessions)
    with begin(owners[0]) as tx:
        performances = trials.play_all(tx, draft_id)
        covered = trials.coverage(tx, draft_id, performances)
        unplayed = trials.coverage(tx, draft_id, [])
    assert len(performances) >= 15
    assert [each.deviations for each in performances if not each.is_as_told] == []
    assert (covered.taken, covered.missing) == (covered.total, ())
    assert ("Bitte um Hilfe", "Verweisung festhalten") in {
        (way.source.name, way.target.name) for way in unplayed.missing
    }
    assert rows(sessions) == before


def test_a_trial_is_recorded_step_by_step_as_each_role(
    begin: Begin, owners: Owners, draft_id: int, trial: str, sessions: sessionmaker[Session]
) -> None:
    before = rows(sessions)
    with begin(owners[0]) as tx:
        seen = trials.look_at(tx, draft_id, trial)
    (task,) = seen.waiting
    assert (task.element_id, task.by) == ("answer_referral", "office")
    assert {field.path for field in task.opened.fields}
    assert "answer_referral" in seen.current
    with begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, ACCEPTED)
    with begin(owners[0]) as tx:
        seen = trials.look_at(tx, draft_id, trial)
        assert [each.element_id for each in seen.waiting] == ["report_outcome"]
        assert "answer_referral" in seen.visited
        assert any(each.message == "answer_taken_back" for each in seen.awaited)
        earlier = trials.look_at(tx, draft_id, trial, until=0)
        assert [each.element_id for each in earlier.waiting] == ["answer_referral"]
    with begin(owners[0]) as tx:
        recording.take_back(tx, draft_id, trial)
        assert trials.stories(tx, draft_id)[trial].steps == ()  # type: ignore[union-attr]
    assert rows(sessions) == before


def test_time_passes_and_a_message_arrives(begin: Begin, owners: Owners, draft_id: int, trial: str) -> None:
    with begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, {"workdays": 6})
    with begin(owners[0]) as tx:
        seen = trials.look_at(tx, draft_id, trial)
        assert (seen.at.day, seen.at.month) == (11, 3)
        assert any(mail.element == "remind_answer" for scene in seen.performance.scenes for mail in scene.mails)


MAIL = b"""<zeebe:taskDefinition type="mail.send"/>
          <zeebe:ioMapping>
            <zeebe:input source="contact" target="to"/>
            <zeebe:input source="referral_accepted" target="text"/>
            <zeebe:input source="case_status" target="link"/>
"""
LETTER = b"""<zeebe:taskDefinition type="letter.write"/>
          <zeebe:ioMapping>
            <zeebe:input source="contact" target="to"/>
            <zeebe:input source="on_paper" target="text"/>
"""


def test_a_letter_of_a_trial_is_told_and_expected_and_kept_by_nobody(
    begin: Begin, owners: Owners, draft_id: int, trial: str, sessions: sessionmaker[Session]
) -> None:
    with begin(owners[0]) as tx:
        diagram = workshop.files(tx, draft_id)[DIAGRAM].data
        assert MAIL in diagram
        text = "Betreff: {{office.name}} hilft\n\nEs meldet sich {{contact_person}}."
        workshop.save(tx, draft_id, {DIAGRAM: diagram.replace(MAIL, LETTER), "texts/on_paper.de.txt": text.encode()})
    before = rows(sessions)
    with begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, ACCEPTED)
    with begin(owners[0]) as tx:
        scene = trials.look_at(tx, draft_id, trial).performance.scenes[-1]
        assert [(each.kind, each.element) for each in scene.kept] == [("letter", "tell_accepted")]
        assert "Caritas" in scene.kept[0].title
        recording.keep(tx, draft_id, trial, "auf_papier")
    with begin(owners[0]) as tx:
        assert b"tell_accepted" in workshop.files(tx, draft_id)["scenarios/auf_papier.yaml"].data
        assert trials.look_at(tx, draft_id, "auf_papier").performance.is_as_told
        workshop.save(tx, draft_id, {DIAGRAM: diagram})
    with begin(owners[0]) as tx:
        played = trials.look_at(tx, draft_id, "auf_papier").performance
        assert "letters_differ" in [each.code for each in played.deviations]
    assert rows(sessions) == before


ENTRY = b"""<zeebe:taskDefinition type="contact.log"/>
          <zeebe:ioMapping>
            <zeebe:input source="phone" target="kind"/>
            <zeebe:input source="referral" target="office_task"/>
            <zeebe:input source="=&quot;Es hilft &quot; + office_name" target="text"/>
            <zeebe:input source="=date(&quot;2026-05-01&quot;)" target="follow_up_on"/>
"""
VALUES = b"""            <zeebe:input source="={contact_person: contact_person}" target="values"/>
"""


def test_an_entry_of_a_trial_is_told_and_one_that_fails_is_said(
    begin: Begin, owners: Owners, draft_id: int, trial: str
) -> None:
    with begin(owners[0]) as tx:
        held = workshop.files(tx, draft_id)
        entering = held[DIAGRAM].data.replace(MAIL + VALUES, ENTRY)
        named = held["scenarios/helps.yaml"].data.replace(b"choice: advice,", b"choice: advice, organisation_name: MO,")
        workshop.save(tx, draft_id, {DIAGRAM: entering, "scenarios/named.yaml": named})
    with begin(owners[0]) as tx:
        played = trials.look_at(tx, draft_id, "named", until=2).performance
        told = [(each.kind, each.element, each.title) for each in played.scenes[-1].kept]
        assert told == [("entry", "tell_accepted", "Es hilft Caritas")]
        unknown = trials.look_at(tx, draft_id, "helps", until=2).performance
        (stuck,) = [each for each in unknown.deviations if each.code == "incident"]
        assert stuck.facts["problem"] == "case_without_organisation"
        assert "gehört noch zu keinem Eintrag im Register" in deviation_text(stuck)


def test_a_step_that_does_not_go_is_told_and_not_kept(begin: Begin, owners: Owners, draft_id: int, trial: str) -> None:
    with pytest.raises(Invalid) as invalid, begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, {**ACCEPTED, "values": {"answer": ""}})
    assert "answer" in invalid.value.problems
    with pytest.raises(NotFound), begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, {**ACCEPTED, "complete": "nowhere"})
    with pytest.raises(LotseError), begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, {"dance": 1})
    with begin(owners[0]) as tx:
        assert trials.stories(tx, draft_id)[trial].steps == ()  # type: ignore[union-attr]


def test_a_trial_becomes_a_scenario_that_fails_when_the_process_goes_another_way(
    begin: Begin, owners: Owners, draft_id: int, trial: str
) -> None:
    with begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, ACCEPTED)
    with begin(owners[0]) as tx:
        for wrong in ("Ä!", "helps", ""):
            with pytest.raises(Invalid):
                recording.keep(tx, draft_id, trial, wrong)
        assert recording.keep(tx, draft_id, trial, "Zusage kurz") == "zusage_kurz"
    with begin(owners[0]) as tx:
        assert trial not in trials.stories(tx, draft_id)
        assert trials.look_at(tx, draft_id, "zusage_kurz").performance.is_as_told
        diagram = workshop.files(tx, draft_id)[DIAGRAM].data
        renamed = re.sub(rb'(?<!formId=)(["> ])report_outcome(["<])', rb"\1tell_outcome\2", diagram)
        workshop.save(tx, draft_id, {DIAGRAM: renamed})
    with begin(owners[0]) as tx:
        assert [each.severity for each in workshop.findings(tx, draft_id) if each.severity == "error"] == []
        played = trials.look_at(tx, draft_id, "zusage_kurz").performance
        assert [each.code for each in played.deviations] == ["tasks_differ"]


def test_a_trial_that_takes_too_long_is_stopped_and_holds_nobody_up(
    begin: Begin, owners: Owners, draft_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "LONGEST", -1.0)
    with begin(owners[0]) as tx:
        (played,) = trials.play_all(tx, draft_id)
    (told,) = played.deviations
    assert told.code == "trial_too_slow"
    assert "wurde abgebrochen" in deviation_text(told)


def test_scenarios_that_fail_stop_the_publication(begin: Begin, owners: Owners, draft_id: int, trial: str) -> None:
    with begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, {**ACCEPTED})
        workshop.save(tx, draft_id, {"scenarios/wrong.yaml": _told(tx, draft_id)})
    with pytest.raises(LotseError) as stopped, begin(owners[0]) as tx:
        publishing.submit(tx, draft_id, "geht schon", None)
    (told,) = cast(list[dict[str, object]], stopped.value.facts["failed"])
    assert (stopped.value.code, told["scenario"], told["place"]) == ("scenarios_fail", "wrong", "MO hat geantwortet")


def _told(tx: Any, draft_id: int) -> bytes:
    told = workshop.files(tx, draft_id)["scenarios/helps.yaml"].data
    return told + b"\n  - expect: {tasks: [nobody_does_this]}\n"


def test_a_draft_with_errors_cannot_be_tried(begin: Begin, owners: Owners, draft_id: int) -> None:
    write(begin, owners[0], draft_id, "<definitions", DIAGRAM)
    with pytest.raises(BundleRefused), begin(owners[0]) as tx:
        trials.look_at(tx, draft_id, "helps")


@pytest.mark.parametrize(
    "text", ["", "- a", "title: [", "title: x\nstart: {day: heute}\nsteps: []", "title: x\nstart: 5"]
)
def test_a_broken_scenario_is_named(begin: Begin, owners: Owners, draft_id: int, text: str) -> None:
    write(begin, owners[0], draft_id, text, "scenarios/broken.yaml")
    with begin(owners[0]) as tx:
        assert isinstance(trials.stories(tx, draft_id)["broken"], LotseError)
        with pytest.raises(LotseError):
            trials.play_all(tx, draft_id)


def test_what_runs_in_the_house_is_not_touched_by_a_trial(
    house: House, begin: Begin, owners: Owners, draft_id: int
) -> None:
    case, _ = house.submit()
    house.refer("culture_office")
    with begin(owners[0]) as tx:
        trials.look_at(tx, draft_id, "helps")
    assert house.status_of(case) == "waiting"
