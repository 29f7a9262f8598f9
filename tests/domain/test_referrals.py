"""A referral shares only the extract, moves only as its states allow, and closes only with a result."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Begin
from workflows.core import audit
from workflows.core.errors import Conflict, LotseError
from workflows.domain import cases, questions, referrals
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.referrals import BEFORE, STATUSES, Referral, Terms

TERMS = Terms(reason="Räume für Kultur", share=["text", "topics"], legal_basis="consent")


@pytest.fixture
def referral(seeded: Begin, case: Case, office: Office) -> Referral:
    with seeded() as tx:
        return referrals.offer(tx, case.id, office.id, TERMS)


def test_the_extract_holds_exactly_what_was_chosen(referral: Referral) -> None:
    assert referral.extract == {"text": "Wir suchen einen Raum für unser Fest.", "topics": ["rooms", "culture"]}
    assert referral.deadline_on == date(2026, 3, 16)


def test_a_referral_from_draft_to_closed(seeded: Begin, referral: Referral) -> None:
    with seeded() as tx:
        referrals.send(tx, referral.id)
        referrals.see(tx, referral.id)
        questions.ask(tx, referral.id, "Wie viele Gäste?")
        questions.reply(tx, referral.id, "Etwa achtzig.")
        referrals.accept(tx, referral.id)
        referrals.in_contact(tx, referral.id)
        referrals.report(tx, referral.id, "helped", "Saal vergeben")
        referrals.confirm(tx, referral.id, "yes")
        row = referrals.close(tx, referral.id)
        assert (row.status, row.result, row.outcome, row.confirmed) == ("closed", "confirmed", "helped", "yes")
        assert [message.text for message in questions.thread(tx.session, referral.id)] == [
            "Wie viele Gäste?",
            "Etwa achtzig.",
        ]
    with seeded() as tx:
        events = [entry.event for entry in audit.entries(tx.session, row.stream) if entry.object == row.key]
    assert list(reversed(events))[:3] == ["referral.offered", "referral.sent", "referral.seen"]
    assert events[0] == "referral.closed"


def test_a_referral_never_closes_without_a_result(seeded: Begin, referral: Referral) -> None:
    with seeded() as tx:
        referrals.send(tx, referral.id)
        referrals.accept(tx, referral.id)
    with seeded() as tx, pytest.raises(Conflict):
        referrals.close(tx, referral.id)


def test_opening_late_does_not_turn_an_answer_back(seeded: Begin, referral: Referral) -> None:
    with seeded() as tx:
        referrals.send(tx, referral.id)
        referrals.decline(tx, referral.id, "no_capacity", "")
        assert referrals.see(tx, referral.id).status == "declined"


def test_declining_for_another_reason_needs_words(seeded: Begin, referral: Referral) -> None:
    with seeded() as tx:
        referrals.send(tx, referral.id)
    with seeded() as tx, pytest.raises(LotseError, match="reason_text_missing"):
        referrals.decline(tx, referral.id, "other", " ")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"legal_basis": ""}, "legal_basis_missing"),
        ({"legal_basis": "override"}, "legal_basis_missing"),
        ({"share": []}, "nothing_shared"),
        ({"share": ["instance_id"]}, "nothing_shared"),
    ],
)
def test_data_is_not_passed_on_without_its_terms(
    seeded: Begin, case: Case, office: Office, change: dict[str, object], code: str
) -> None:
    with seeded() as tx, pytest.raises(LotseError) as error:
        referrals.offer(tx, case.id, office.id, replace(TERMS, **change))  # type: ignore[arg-type]
    assert error.value.code == code


def test_consent_must_have_been_given(seeded: Begin, case: Case, office: Office) -> None:
    with seeded() as tx:
        tx.session.get_one(Case, case.id).consent_share = False
    with seeded() as tx, pytest.raises(LotseError, match="consent_missing"):
        referrals.offer(tx, case.id, office.id, TERMS)
    with seeded() as tx:
        documented = replace(TERMS, legal_basis_note="am Telefon am 2. März zugestimmt")
        assert referrals.offer(tx, case.id, office.id, documented).status == "draft"


def test_an_office_without_address_cannot_be_asked(seeded: Begin, case: Case, office: Office) -> None:
    with seeded() as tx:
        tx.session.get_one(Office, office.id).email = ""
    with seeded() as tx, pytest.raises(LotseError) as error:
        referrals.offer(tx, case.id, office.id, TERMS)
    assert (error.value.code, error.value.facts["office"]) == ("office_without_address", "Kulturamt")


def test_a_closed_case_is_not_referred(seeded: Begin, case: Case, office: Office) -> None:
    with seeded() as tx:
        cases.close(tx, case.id, "no_need")
    with seeded() as tx, pytest.raises(Conflict):
        referrals.offer(tx, case.id, office.id, TERMS)


@given(st.sampled_from(STATUSES))
def test_every_state_but_the_last_leads_on(status: str) -> None:
    leads_to = [after for after, before in BEFORE.items() if status in before]
    assert bool(leads_to) == (status != "closed")


def test_a_case_waits_while_any_office_is_asked(seeded: Begin, case: Case, office: Office, referral: Referral) -> None:
    with seeded() as tx:
        second = referrals.offer(tx, case.id, office.id, TERMS)
        for asked in (referral, second):
            referrals.send(tx, asked.id)
            referrals.decline(tx, asked.id, "no_capacity", "")
        referrals.close(tx, referral.id)
        assert tx.session.get_one(Case, case.id).status == "waiting"
        referrals.close(tx, second.id)
        assert tx.session.get_one(Case, case.id).status == "in_progress"


def test_a_colleague_may_hand_on_again_and_answer(seeded: Begin, referral: Referral) -> None:
    with seeded() as tx:
        referrals.send(tx, referral.id)
        referrals.hand_on(tx, referral.id, "eins@stadt.example")
        referrals.hand_on(tx, referral.id, "zwei@stadt.example")
        questions.ask(tx, referral.id, "Bis wann?")
        questions.reply(tx, referral.id, "Bis Ende April.", date(2026, 3, 30))
        accepted = referrals.accept(tx, referral.id)
    assert (accepted.handed_on_to, accepted.deadline_on) == ("zwei@stadt.example", date(2026, 3, 30))


def test_a_need_is_answered_with_words_and_closes_with_them(seeded: Begin, case: Case, office: Office) -> None:
    with seeded() as tx:
        asked = referrals.offer(tx, case.id, office.id, replace(TERMS, kind="need", share=["topics"]))
        referrals.send(tx, asked.id)
        with pytest.raises(LotseError, match="reason_text_missing"):
            referrals.consider(tx, asked.id, "later", "  ")
        referrals.consider(tx, asked.id, "later", "Im nächsten Haushalt.")
        row = referrals.close(tx, asked.id)
    assert (row.result, row.consideration, row.outcome_text) == ("considered", "later", "Im nächsten Haushalt.")


def test_the_extract_holds_the_version_that_was_chosen(seeded: Begin, case: Case, office: Office) -> None:
    with seeded() as tx:
        with pytest.raises(LotseError, match="nothing_shared"):
            referrals.offer(tx, case.id, office.id, replace(TERMS, share=["translation"]))
        cases.translate(tx, case.id, "Auf Deutsch gesagt")
        only = referrals.offer(tx, case.id, office.id, replace(TERMS, share=["translation"]))
        both = referrals.offer(tx, case.id, office.id, replace(TERMS, share=["text", "translation"]))
    assert only.extract == {"translation": "Auf Deutsch gesagt"}
    assert both.extract == {"text": case.text, "translation": "Auf Deutsch gesagt"}
