"""Asking: checked once, one case however often it is sent, and a status page that tells the truth."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from tests.actions.conftest import ENQUIRY, House
from tests.actions.test_survey import closed
from workflows.actions import confirming, enquiries, processes, referrals
from workflows.core.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.core.outbox import Mail
from workflows.domain import cases, confirmations
from workflows.domain.cases import Case
from workflows.engine.state import Instance


def test_the_form_speaks_the_language_asked_for(house: House) -> None:
    with house.at("public") as tx:
        drawn = repr(enquiries.form(tx, "ar").fields)
        german = repr(enquiries.form(tx, "de").fields)
    assert "قاعات" in drawn
    assert "Wobei können wir helfen?" not in drawn
    assert "Wobei können wir helfen?" in german


def test_a_wrong_enquiry_opens_nothing(house: House) -> None:
    with house.at("public") as tx, pytest.raises(Invalid) as invalid:
        enquiries.submit(tx, {**ENQUIRY, "contact_email": "kein Zeichen", "status": "closed"}, "de")
    assert set(invalid.value.problems) == {"contact_email", "status"}
    with house.at() as tx:
        assert tx.session.scalar(select(func.count(Case.id))) == 0


def test_the_same_form_sent_twice_is_one_case_with_one_receipt(house: House) -> None:
    first, token = house.submit(key="abc")
    second, again = house.submit(key="abc")
    assert (first.id, token) == (second.id, again)
    with house.at() as tx:
        assert tx.session.scalar(select(func.count(Instance.id))) == 1
        assert [mail.to_address for mail in tx.session.scalars(select(Mail))] == ["bruecke@verein.example"]


def test_the_same_form_sent_twice_at_the_same_moment_is_one_case(house: House) -> None:
    barrier, references = threading.Barrier(2), []

    def one() -> None:
        barrier.wait()
        with house.at("public") as tx:
            references.append(enquiries.submit(tx, ENQUIRY, "de", "abc")[0].reference)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(references) == 2
    assert len(set(references)) == 1


def test_who_calls_is_recorded_by_the_coordinator_alone(house: House) -> None:
    with house.at("public") as tx, pytest.raises(NotAllowed):
        enquiries.submit(tx, ENQUIRY, "de", channel="phone")
    with house.at("coordinator") as tx:
        case, _ = enquiries.submit(tx, ENQUIRY, "de", channel="phone")
        assert case.channel == "phone"


def test_a_second_enquiry_of_the_same_association_is_noticed(house: House) -> None:
    first, _ = house.submit()
    second, _ = house.submit()
    with house.at() as tx:
        variables = tx.session.scalars(select(Instance).order_by(Instance.id.desc())).first()
        assert variables is not None
        assert variables.variables[""]["similar_cases"] == [first.reference]


def test_the_status_page_says_who_received_what_and_why(house: House) -> None:
    _, token = house.submit()
    with house.at("public") as tx:
        before = enquiries.status(tx, token, "de")
    assert [(step.label, step.state) for step in before.steps] == [
        ("received", "current"),
        ("in_progress", "todo"),
        ("answered", "todo"),
        ("closed", "todo"),
    ]
    house.refer("culture_office")
    with house.at("public") as tx:
        page = enquiries.status(tx, token, "de")
    (shared,) = page.shared
    assert (shared.office_name, shared.legal_basis) == ("Kulturamt", "Einwilligung (Art. 6 Abs. 1 a DSGVO)")
    assert shared.fields == ["Text der Anfrage", "Themen", "Name der Kontaktperson"]
    assert [step.state for step in page.steps] == ["done", "done", "current", "todo", "todo"]
    assert page.can_withdraw


def test_an_office_takes_care_only_once_it_has_said_so(house: House) -> None:
    _, token = house.submit()
    house.refer("culture_office")
    for state, word in (("asked", "office_asked"), ("accepted", "with_office")):
        if state == "accepted":
            house.do("office", "answer_referral", {"answer": "accept", "contact_person": "Frau Kultur"})
        with house.at("public") as tx:
            step = enquiries.status(tx, token, "de").steps[2]
        assert (step.label, step.state, step.at is not None) == (word, "current", True)


def test_who_withdraws_before_an_answer_is_not_told_of_one(house: House) -> None:
    _, token = house.submit()
    house.refer("culture_office")
    with house.at("public") as tx:
        enquiries.withdraw(tx, token)
    house.work()
    with house.at("public") as tx:
        page = enquiries.status(tx, token, "de")
    assert page.case.status == "withdrawn"
    assert [step.label for step in page.steps] == ["received", "in_progress", "office_asked", "closed"]


def test_who_withdraws_before_anybody_worked_on_it_is_not_told_that_somebody_did(house: House) -> None:
    _, token = house.submit()
    with house.at("public") as tx:
        enquiries.withdraw(tx, token)
    house.work()
    with house.at("public") as tx:
        page = enquiries.status(tx, token, "de")
    assert page.case.status == "withdrawn"
    assert [(step.label, step.state) for step in page.steps] == [("received", "done"), ("closed", "done")]


def test_a_confirmation_nobody_asked_for_is_refused(house: House) -> None:
    _, token = house.submit()
    with house.at("public") as tx, pytest.raises(Conflict, match="not_asked"):
        confirming.confirm(tx, token, "helped")
    with house.at("public") as tx, pytest.raises(Invalid):
        confirming.confirm(tx, token, "maybe")
    with house.at("public") as tx, pytest.raises(NotFound):
        enquiries.status(tx, "x" * 43)


def test_not_helped_reopens_the_case_and_it_can_be_confirmed_anew(house: House) -> None:
    case, token = house.submit()
    triage = {"decision": "help", "summary": "Raum", "urgency": "normal", "support_level": "inform"}
    for round_number, answer in enumerate(("not_helped", "helped")):
        house.do("coordinator", "triage", {**triage, "ways": ["answer"], "triage_note": ""})
        house.do("coordinator", "write_answer", {"answer": f"Der Saal ist frei ({round_number})."})
        with house.at("public") as tx:
            assert [ask.kind for ask in enquiries.status(tx, token).asks] == ["case"]
            confirming.confirm(tx, token, answer)
            confirming.confirm(tx, token, answer)
        house.work()
        if answer == "not_helped":
            house.clock.advance(confirmations.WITHIN)
            with house.at("public") as tx, pytest.raises(Conflict, match="already_confirmed") as told:
                confirming.confirm(tx, token, "helped")
            assert told.value.facts["answer"] == "not_helped", "opened again, it still knows what was said"
            with house.at("public") as tx:
                confirming.confirm(tx, token, "not_helped")
    with house.at() as tx:
        closed = tx.session.get_one(Case, case.id)
        assert (closed.status, closed.outcome, closed.answer) == ("closed", "helped", "Der Saal ist frei (1).")


def test_what_nobody_was_asked_is_not_told_as_answered(house: House) -> None:
    case, _token = house.submit({**ENQUIRY, "choice": "advice"})
    with house.at() as tx:
        told = enquiries.answered(tx, tx.session.get_one(Case, case.id), "de")
        assert [field.value for field in told if field.key == "kind"] in ([], [None])


def test_a_program_starts_an_enquiry_through_the_same_form(house: House) -> None:
    with house.at("coordinator") as tx:
        instance = processes.start(tx, "enquiry", {**ENQUIRY, "channel": "paper", "language": "tr"})
        case = tx.session.scalars(select(Case)).one()
        assert (instance.subject, case.channel, case.language) == (case.stream, "paper", "tr")
        with pytest.raises(Conflict, match="process_not_startable"):
            processes.start(tx, "referral", {})
    with house.at("office") as tx, pytest.raises(NotAllowed):
        processes.start(tx, "enquiry", ENQUIRY)


def test_withdrawn_consent_stops_the_offices_and_the_enquiry_lives_on(house: House) -> None:
    case, token = house.submit()
    house.refer("culture_office")
    with house.at("public") as tx:
        assert enquiries.status(tx, token).can_withdraw_consent
    for _ in range(2):
        with house.at("public") as tx:
            enquiries.withdraw_consent(tx, token)
        house.work()
    with house.at("public") as tx:
        page = enquiries.status(tx, token, "de")
    assert (page.can_withdraw, page.can_withdraw_consent) == (True, False)
    assert [shared.status_label for shared in page.shared] == ["Zurückgezogen"]
    with house.at() as tx:
        to_office = select(Mail.subject).where(Mail.to_address.contains("culture-office")).order_by(Mail.id)
        assert len(tx.session.scalars(to_office).all()) == 2, "the offer and that it is over"
    with house.at("public") as tx:
        gone = referrals.page(tx, house.office_token())
    assert gone.is_closed
    assert gone.extract == []
    assert house.status_of(case) not in {"closed", "withdrawn"}


def test_the_status_page_of_a_closed_case_ends_after_half_a_year_and_opens_again_with_it(house: House) -> None:
    case, token = closed(house)
    assert house.status_of(case) == "closed"
    house.clock.advance(timedelta(days=179))
    with house.at("public") as tx:
        assert enquiries.status(tx, token).ends_at == house.clock.now() + timedelta(days=1)
    house.clock.advance(timedelta(days=1, seconds=1))
    for opening in (
        partial(enquiries.status, token=token),
        partial(enquiries.survey, token=token, question="fast", answer="yes"),
        partial(enquiries.withdraw_consent, token=token),
    ):
        with house.at("public") as tx, pytest.raises(NotFound, match="link_gone"):
            opening(tx)
    with house.at() as tx:
        cases.reopen(tx, case.id)
    with house.at("public") as tx:
        assert enquiries.status(tx, token).ends_at is None
