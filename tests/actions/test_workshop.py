"""Drafts and their publication, on the house's own bundles: nothing lost, nothing published by one person alone."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from tests.actions.conftest import BUNDLES, House
from tests.conftest import Begin
from workflows.actions import bundles, publishing, workshop
from workflows.core import audit
from workflows.core.clock import SetClock
from workflows.core.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.core.tx import Actor
from workflows.domain import people
from workflows.engine import bundle, definitions, drafts, stories
from workflows.engine.bundle import BundleUnreadable
from workflows.engine.drafts import Draft, DraftFile
from workflows.engine.findings import BundleRefused
from workflows.engine.stories import Story

Owners = tuple[Actor, Actor]
DIAGRAM = "referral.bpmn"
HELPS = "scenarios/helps.yaml"
TEXT = "texts/referral_offer.de.txt"


@pytest.fixture
def owners(house: House) -> Owners:
    """Two process owners."""
    with house.at() as tx:
        pair = [
            people.create(tx, f"owner{n}@stadt.example", f"Owner {n}", roles=["process_owner"], groups=[])
            for n in (1, 2)
        ]
        actors = [people.actor(tx.session, user) for user in pair]
    return actors[0], actors[1]


@pytest.fixture
def draft_id(begin: Begin, owners: Owners) -> int:
    """A draft of the referral process, begun by the first owner; of its scenarios only one is kept, to be quick."""
    with begin(owners[0]) as tx:
        draft = workshop.begin(tx, "referral")
        told = drafts.scenarios_of(tx.session, draft)
        for row in tx.session.scalars(select(DraftFile).where(DraftFile.path.in_(told), DraftFile.path != HELPS)):
            tx.session.delete(row)
        return draft.id


def text_of(begin: Begin, owner: Actor, draft_id: int, path: str = TEXT) -> str:
    with begin(owner) as tx:
        return workshop.files(tx, draft_id)[path].data.decode()


def write(begin: Begin, owner: Actor, draft_id: int, text: str, path: str = TEXT) -> int:
    with begin(owner) as tx:
        return workshop.save(tx, draft_id, {path: text.encode()}).revision


def test_a_draft_begins_as_what_is_live_with_its_scenarios(begin: Begin, owners: Owners) -> None:
    with begin(owners[0]) as tx:
        draft = workshop.begin(tx, "referral")
        live = workshop.version_bundle(tx, "referral", 1)
        assert drafts.bundle_of(tx.session, draft).sha256 == live.sha256
        told = {path.name for path in (BUNDLES / "referral" / "scenarios").glob("*.yaml")}
        assert {path.removeprefix("scenarios/") for path in drafts.scenarios_of(tx.session, draft)} == told
        assert [each for each in workshop.findings(tx, draft.id) if each.severity == "error"] == []


def test_only_process_owners_reach_drafts(house: House, draft_id: int) -> None:
    for who in ("coordinator", "office", "public"):
        with pytest.raises((NotFound, NotAllowed)), house.at(who) as tx:
            workshop.draft(tx, draft_id)
        with pytest.raises(NotAllowed), house.at(who) as tx:
            workshop.processes(tx)


def test_every_state_can_be_brought_back(begin: Begin, owners: Owners, draft_id: int, clock: SetClock) -> None:
    first = text_of(begin, owners[0], draft_id)
    for number in (1, 2, 3):
        clock.advance(timedelta(minutes=10))
        write(begin, owners[0], draft_id, f"Betreff: {number}\n\nText {number}")
    with begin(owners[0]) as tx:
        assert [change.revision for change in drafts.history(tx.session, draft_id)] == [3, 2, 1, 0]
        workshop.undo(tx, draft_id)
    assert text_of(begin, owners[0], draft_id) == "Betreff: 2\n\nText 2"
    with begin(owners[0]) as tx:
        workshop.restore(tx, draft_id, 0)
    assert text_of(begin, owners[0], draft_id) == first
    with begin(owners[0]) as tx:
        workshop.restore(tx, draft_id, 3)
    assert text_of(begin, owners[0], draft_id) == "Betreff: 3\n\nText 3"


def test_a_removed_file_comes_back_by_undo(begin: Begin, owners: Owners, draft_id: int) -> None:
    with begin(owners[0]) as tx:
        workshop.save(tx, draft_id, {TEXT: None})
    with begin(owners[0]) as tx:
        assert TEXT not in workshop.files(tx, draft_id)
        workshop.undo(tx, draft_id)
    assert text_of(begin, owners[0], draft_id)


def test_quick_saves_of_one_sitting_are_one_line_of_the_history(
    begin: Begin, owners: Owners, draft_id: int, clock: SetClock
) -> None:
    for number in range(5):
        clock.advance(timedelta(seconds=20))
        write(begin, owners[0], draft_id, f"Betreff: {number}\n\nText")
    with begin(owners[0]) as tx:
        assert len(drafts.history(tx.session, draft_id)) == 2
    write(begin, owners[1], draft_id, "Betreff: von der zweiten\n\nText")
    with begin(owners[0]) as tx:
        assert [change.by for change in drafts.history(tx.session, draft_id)][:2] == ["Owner 2", "Owner 1"]


def test_who_changed_a_file_that_was_read_is_named_and_nothing_overwritten(
    begin: Begin, owners: Owners, draft_id: int
) -> None:
    with begin(owners[0]) as tx:
        read = {TEXT: workshop.files(tx, draft_id)[TEXT].revision}
    write(begin, owners[1], draft_id, "Betreff: zuerst\n\nText")
    with pytest.raises(Conflict) as conflict, begin(owners[0]) as tx:
        workshop.save(tx, draft_id, {TEXT: b"Betreff: danach\n\nText"}, read)
    assert (conflict.value.code, conflict.value.facts["by"]) == ("draft_moved", "Owner 2")
    assert text_of(begin, owners[0], draft_id) == "Betreff: zuerst\n\nText"
    # Another file is nobody's business.
    with begin(owners[0]) as tx:
        workshop.save(tx, draft_id, {DIAGRAM: workshop.files(tx, draft_id)[DIAGRAM].data + b"\n"}, {DIAGRAM: 0})


@pytest.mark.parametrize("path", ["../x.bpmn", "notes.md", "scenarios/../../x.yaml", "texts/x.exe", "a/b.form"])
def test_what_no_bundle_holds_is_refused(begin: Begin, owners: Owners, draft_id: int, path: str) -> None:
    with pytest.raises(BundleUnreadable), begin(owners[0]) as tx:
        workshop.save(tx, draft_id, {path: b"x"})


def test_two_people_see_each_other_at_a_draft(begin: Begin, owners: Owners, draft_id: int, clock: SetClock) -> None:
    with begin(owners[0]) as tx:
        assert workshop.visit(tx, draft_id, DIAGRAM) == []
    with begin(owners[1]) as tx:
        assert [(each.name, each.path) for each in workshop.visit(tx, draft_id, TEXT)] == [("Owner 1", DIAGRAM)]
    clock.advance(timedelta(minutes=3))
    with begin(owners[0]) as tx:
        assert workshop.visit(tx, draft_id, DIAGRAM) == []


def submitted(begin: Begin, owner: Actor, draft_id: int, day: date | None = None) -> int:
    write(begin, owner, draft_id, "Betreff: Neue Worte\n\nGuten Tag, bitte antworten Sie: [[link]]")
    with begin(owner) as tx:
        return publishing.submit(tx, draft_id, "Freundlicher", day).id


def test_it_takes_a_second_person_to_publish(begin: Begin, owners: Owners, draft_id: int) -> None:
    asked = submitted(begin, owners[0], draft_id)
    with pytest.raises(NotAllowed) as refused, begin(owners[0]) as tx:
        publishing.approve(tx, asked, "")
    assert refused.value.code == "second_person"
    with pytest.raises(Conflict), begin(owners[0]) as tx:
        workshop.save(tx, draft_id, {TEXT: b"Betreff: heimlich\n\nanders"})
    with pytest.raises(Conflict), begin(owners[0]) as tx:
        workshop.catch_up(tx, draft_id)
    with begin(owners[1]) as tx:
        assert publishing.approve(tx, asked, "gut so").status == "done"
    with begin() as tx:
        live = definitions.active(tx.session, "referral")
        assert (live.number, live.patch) == (1, 1)
        assert "Neue Worte" in live.text("referral_offer", "de")
        events = [entry.event for entry in audit.entries(tx.session, "system")]
    assert {"draft.begun", "publication.submitted", "publication.approved", "bundle.deployed"} <= set(events)
    with pytest.raises(Conflict), begin(owners[1]) as tx:
        publishing.approve(tx, asked, "noch einmal")


def test_whoever_changed_something_cannot_approve_it(begin: Begin, owners: Owners, draft_id: int) -> None:
    write(begin, owners[1], draft_id, "Betreff: von der zweiten\n\n[[link]]")
    asked = submitted(begin, owners[0], draft_id)
    with pytest.raises(NotAllowed), begin(owners[1]) as tx:
        publishing.approve(tx, asked, "")


def test_refused_and_withdrawn_drafts_are_open_again(begin: Begin, owners: Owners, draft_id: int) -> None:
    asked = submitted(begin, owners[0], draft_id)
    with pytest.raises(Invalid), begin(owners[1]) as tx:
        publishing.refuse(tx, asked, " ")
    with begin(owners[1]) as tx:
        publishing.refuse(tx, asked, "Der Ton stimmt nicht")
    again = submitted(begin, owners[0], draft_id)
    with begin(owners[0]) as tx:
        publishing.withdraw(tx, again)
    write(begin, owners[0], draft_id, "Betreff: dritter Versuch\n\n[[link]]")


def test_it_takes_effect_when_its_day_begins_in_berlin(
    house: House, begin: Begin, owners: Owners, draft_id: int, clock: SetClock
) -> None:
    asked = submitted(begin, owners[0], draft_id, date(2026, 3, 9))
    with begin(owners[1]) as tx:
        assert publishing.approve(tx, asked, "").status == "approved"

    def patch() -> int:
        house.work()
        with begin() as tx:
            return definitions.active(tx.session, "referral").patch

    clock.advance(timedelta(days=6, hours=13, minutes=59))  # 8 March 23:59 in Berlin
    assert patch() == 0
    clock.advance(timedelta(minutes=1))
    assert patch() == 1


def test_what_became_impossible_meanwhile_opens_the_draft_again(
    house: House, begin: Begin, owners: Owners, draft_id: int, clock: SetClock
) -> None:
    with begin(owners[0]) as tx:
        other = workshop.begin(tx, "referral").id
        changed = workshop.files(tx, other)[DIAGRAM].data.replace(b"Ist geholfen?", b"Ist wirklich geholfen?") + b"\n"
        workshop.save(tx, other, {DIAGRAM: changed})
    asked = submitted(begin, owners[0], draft_id, date(2026, 3, 9))
    with begin(owners[1]) as tx:
        publishing.approve(tx, asked, "")
    with begin(owners[0]) as tx:
        ahead = publishing.submit(tx, other, "eilig", None).id
    with begin(owners[1]) as tx:
        publishing.approve(tx, ahead, "")
    clock.advance(timedelta(days=8))
    house.work()
    with begin(owners[0]) as tx:
        assert workshop.publication(tx, asked).decision == "draft_behind"
        assert workshop.draft(tx, draft_id).status == "open"
    with pytest.raises(Conflict), begin(owners[0]) as tx:
        publishing.submit(tx, draft_id, "noch einmal", None)
    with begin(owners[0]) as tx:
        workshop.catch_up(tx, draft_id)
    with begin(owners[0]) as tx:
        publishing.submit(tx, draft_id, "trotzdem", None)


def test_a_draft_with_errors_cannot_be_submitted(begin: Begin, owners: Owners, draft_id: int) -> None:
    write(begin, owners[0], draft_id, "<definitions", DIAGRAM)
    with pytest.raises(BundleRefused), begin(owners[0]) as tx:
        publishing.submit(tx, draft_id, "kaputt", None)
    with begin(owners[0]) as tx:
        assert workshop.draft(tx, draft_id).status == "open"


def test_an_earlier_version_comes_back_and_one_is_retired(begin: Begin, owners: Owners, draft_id: int) -> None:
    with begin(owners[0]) as tx:
        diagram = workshop.files(tx, draft_id)[DIAGRAM].data
        workshop.save(tx, draft_id, {DIAGRAM: diagram + b"\n"})
    with begin(owners[0]) as tx:
        second = publishing.submit(tx, draft_id, "zweite", None).id
    with begin(owners[1]) as tx:
        publishing.approve(tx, second, "")
    with begin(owners[0]) as tx:
        back = workshop.begin(tx, "referral", 1)
        assert back.origin == "earlier"
    with begin(owners[0]) as tx:
        asked = publishing.submit(tx, back.id, "zurück", None).id
    with begin(owners[1]) as tx:
        publishing.approve(tx, asked, "")
        assert workshop.process(tx, "referral").live.number == 3  # type: ignore[union-attr]
        assert workshop.version_bundle(tx, "referral", 3).sha256 == workshop.version_bundle(tx, "referral", 1).sha256
        retire = publishing.submit_retirement(tx, "referral", 3, "doch nicht").id
    with begin(owners[0]) as tx:
        publishing.approve(tx, retire, "")
        assert workshop.process(tx, "referral").live.number == 2  # type: ignore[union-attr]


def test_out_as_a_zip_and_in_again_is_the_same(begin: Begin, owners: Owners, draft_id: int) -> None:
    with begin(owners[0]) as tx:
        data = workshop.export(tx, workshop.begin(tx, "referral").id)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {"referral/referral.bpmn", "referral/scenarios/helps.yaml"} <= set(archive.namelist())
        back, changes = workshop.take_in(tx, data)
        assert changes == ()
        assert workshop.export(tx, back.id) == data
        assert workshop.export_version(tx, "referral", 1) == data


def test_a_single_file_replaces_its_namesake(begin: Begin, owners: Owners, draft_id: int) -> None:
    with begin(owners[0]) as tx:
        workshop.take_in_file(tx, draft_id, "referral_offer.de.txt", b"Betreff: von aussen\n\nText")
        assert workshop.files(tx, draft_id)[TEXT].data == b"Betreff: von aussen\n\nText"
        with pytest.raises(BundleUnreadable):
            workshop.take_in_file(tx, draft_id, "virus.exe", b"MZ")


def test_a_house_from_before_gets_the_scenarios_that_come_with_it(begin: Begin, owners: Owners) -> None:
    with begin() as tx:
        tx.session.execute(delete(Story))
        bundles.deploy_missing(tx, BUNDLES)
        assert HELPS in stories.of_process(tx.session, "referral")
        assert tx.session.scalars(select(Draft)).all() == []


def test_what_the_house_delivers_anew_becomes_a_draft_once(begin: Begin, owners: Owners, tmp_path: Path) -> None:
    folder = tmp_path / "bpmn" / "message"
    folder.mkdir(parents=True)
    with begin() as tx:
        for path, data in bundle.read(BUNDLES / "message").files.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
        assert bundles.deploy_missing(tx, tmp_path / "bpmn") == []
        assert tx.session.scalars(select(Draft)).all() == []
    (folder / "message.bpmn").write_bytes((folder / "message.bpmn").read_bytes() + b"\n")
    for _ in range(2):
        with begin() as tx:
            assert bundles.deploy_missing(tx, tmp_path / "bpmn") == []
    with begin() as tx:
        offered = tx.session.scalars(select(Draft)).all()
        assert [(each.process_key, each.origin) for each in offered] == [("message", "delivered")]
        assert definitions.active(tx.session, "message").number == 1
        assert stories.of_process(tx.session, "referral")
