"""An association that is asked answers by its own link: once, without a reason, and nobody else sees anything."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import invitations
from workflows.core import links
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.domain.cases import CaseNote
from workflows.domain.invitations import Invitation
from workflows.engine.tasks import Task

ASKED = {
    "ask_mo": True,
    "mo_name": "Chor Sonne",
    "mo_email": "chor@mo.example",
    "mo_language": "ar",
    "mo_who": "Eine Grundschule im Westend",
    "mo_why": "Sie machen Musik mit Kindern.",
    "mo_gets": "Einen Auftritt",
}


def _invite(house: House) -> str:
    house.submit()
    triage = {"decision": "help", "summary": "Musik gesucht", "urgency": "normal", "support_level": "inform"}
    house.do("coordinator", "triage", {**triage, "ways": ["mediate"]})
    house.do("coordinator", "mediate_contact", ASKED)
    with house.at() as tx:
        link = tx.session.scalars(select(Link).where(Link.purpose == "invitation")).one()
        return links.token(link, house.settings)


def _open_tasks(house: House) -> set[str]:
    with house.at() as tx:
        return {task.element_id for task in tx.session.scalars(select(Task).where(Task.status == "open"))}


def test_the_link_says_who_asks_why_and_what_it_gets(house: House) -> None:
    token = _invite(house)
    with house.at("public") as tx:
        page = invitations.page(tx, token)
        shown = page.invitation
        assert page.is_open
        assert (shown.who, shown.why, shown.gets) == (ASKED["mo_who"], ASKED["mo_why"], ASKED["mo_gets"])
        mail = tx.session.scalars(select(Mail).where(Mail.to_address == "chor@mo.example")).one()
        assert mail.language == "ar"
        with pytest.raises(NotFound):
            invitations.page(tx, "x" * 43)


def test_declined_with_one_tap_and_no_reason(house: House) -> None:
    token = _invite(house)
    for _ in range(2):
        with house.at("public") as tx:
            assert invitations.answer(tx, token, "decline").status == "declined"
        house.work()
    assert "mediate_contact" in _open_tasks(house), "the coordination looks on"
    with house.at("public") as tx:
        with pytest.raises(Conflict):
            invitations.answer(tx, token, "join")
        assert not invitations.page(tx, token).is_open


def test_who_joins_may_add_a_word_and_whoever_seeks_hears_of_it(house: House) -> None:
    token = _invite(house)
    with house.at("public") as tx, pytest.raises(Invalid):
        invitations.answer(tx, token, "vielleicht")
    with house.at("public") as tx, pytest.raises(Invalid):
        invitations.answer(tx, token, "join", "x" * 1001)
    with house.at("public") as tx:
        invitations.answer(tx, token, "join", "Wir rufen am Montag an.")
    house.work()
    assert "record_mo_reply" not in _open_tasks(house)
    with house.at() as tx:
        found = tx.session.scalars(select(Invitation)).one()
        assert (found.status, found.answered_by) == ("joined", "link")
        assert [note.text for note in tx.session.scalars(select(CaseNote))] == ["Wir rufen am Montag an."]
        assert "Chor Sonne" in tx.session.scalars(select(Mail).order_by(Mail.id.desc())).first().subject  # type: ignore[union-attr]


def test_what_the_coordination_entered_by_phone_closes_the_link(house: House) -> None:
    token = _invite(house)
    house.do("coordinator", "record_mo_reply", {"mo_reply": "decline"})
    with house.at("public") as tx:
        page = invitations.page(tx, token)
    assert (page.is_open, page.invitation.status, page.invitation.answered_by) == (False, "declined", "coordination")


def test_silence_ends_the_question(house: House) -> None:
    token = _invite(house)
    house.clock.advance(timedelta(days=20))
    house.work()
    with house.at("public") as tx:
        page = invitations.page(tx, token)
        assert (page.is_open, page.invitation.status) == (False, "unanswered")
        with pytest.raises(Conflict):
            invitations.answer(tx, token, "join")
