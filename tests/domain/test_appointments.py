"""The first appointment: proposed only by who helps, answered once, the newest counts."""

from datetime import UTC, datetime

import pytest

from tests.conftest import Begin
from workflows.core import audit
from workflows.core.errors import Conflict
from workflows.domain import appointments, referrals
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.referrals import Terms

AT = datetime(2026, 12, 7, 16, 30, tzinfo=UTC)


@pytest.fixture
def referral_id(seeded: Begin, case: Case, office: Office) -> int:
    """An office that was asked."""
    with seeded() as tx:
        terms = Terms(reason="Räume", share=["text"], legal_basis="consent", is_warm=True)
        referral = referrals.offer(tx, case.id, office.id, terms)
        referrals.send(tx, referral.id)
        return referral.id


def test_only_who_helps_proposes_an_appointment(seeded: Begin, referral_id: int) -> None:
    with seeded() as tx, pytest.raises(Conflict):
        appointments.propose(tx, referral_id, AT, "Raum 2")
    with seeded() as tx:
        referrals.accept(tx, referral_id)
        appointments.propose(tx, referral_id, AT, "Raum 2")
        found = appointments.latest(tx.session, referral_id)
        assert found is not None
        assert (found.at, found.place, found.status, found.proposed_by) == (AT, "Raum 2", "proposed", "office")


def test_a_proposal_is_answered_once_and_the_newest_counts(seeded: Begin, referral_id: int) -> None:
    with seeded() as tx:
        referrals.accept(tx, referral_id)
        appointments.propose(tx, referral_id, AT, "Raum 2")
        appointments.answer(tx, referral_id, "declined")
        assert appointments.answer(tx, referral_id, "declined").status == "declined"
        with pytest.raises(Conflict):
            appointments.answer(tx, referral_id, "confirmed")
        appointments.arrange(tx, referral_id, AT, "am Telefon")
        found = appointments.latest(tx.session, referral_id)
        assert found is not None
        assert (found.place, found.status, found.proposed_by) == ("am Telefon", "confirmed", "coordination")


def test_the_cases_story_tells_of_the_appointment(seeded: Begin, referral_id: int, case: Case) -> None:
    with seeded() as tx:
        referrals.accept(tx, referral_id)
        appointments.propose(tx, referral_id, AT, "Raum 2")
        appointments.answer(tx, referral_id, "confirmed")
    with seeded() as tx:
        told = [entry.event for entry in audit.entries(tx.session, case.stream)]
    assert told[:2] == ["appointment.confirmed", "appointment.proposed"]
