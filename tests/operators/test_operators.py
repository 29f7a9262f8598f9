"""Operators over the real nouns: what diagrams may ask for, what comes back, what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from tests.domain.conftest import ENQUIRY
from tests.prepared import first_contents
from workflows.core import links
from workflows.core.errors import LotseError
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain import cases, offices, people, referrals
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral, Terms
from workflows.engine import definitions
from workflows.engine.catalogue import BpmnError, Call
from workflows.engine.messages import Message
from workflows.operators import OPERATORS, catalogue, texts

OFFER: dict[str, Any] = {
    "offices": ["culture_office", "sport_funding", "culture_office"],
    "reason": "Räume",
    "share": ["text"],
    "legal_basis": "consent",
}


@pytest.fixture
def case(begin: Begin) -> Case:
    """A case in a house with bundles, demo addresses and one coordinator."""
    with begin() as tx:
        first_contents(tx)
        people.create(tx, "k@stadt.example", "Ko", roles=["coordinator"], groups=["group:coordination"], language="en")
        return cases.open_new(tx, ENQUIRY, channel="form", language="ar", details={}, dedupe_key=None)


def _call(tx: Tx, operator: str, subject: str, token: str = "t", **inputs: object) -> Mapping[str, Any]:
    process = "referral" if subject.startswith("referral:") else "enquiry"
    definition = definitions.active(tx.session, process)
    call = Call(
        inputs=inputs,
        instance_id=1,
        subject=subject,
        process_key=process,
        element_id="e",
        token=token,
        definition=definition,
    )
    return OPERATORS[operator].run(tx, call) or {}


def _referral(tx: Tx, case: Case) -> Referral:
    (office,) = offices.by_keys(tx.session, ["culture_office"])
    referral = referrals.offer(tx, case.id, office.id, Terms("Räume", ["text"], "consent"))
    referrals.send(tx, referral.id)
    return referral


def test_every_operator_is_named_by_its_key_and_labelled() -> None:
    for name, operator in OPERATORS.items():
        assert operator.name == name
        assert operator.label
        assert all(parameter.label for parameter in operator.parameters)


def test_the_catalogue_knows_groups_of_offices_and_all_lists(begin: Begin, case: Case) -> None:
    with begin() as tx:
        found = catalogue(tx)
    assert {"group:coordination", "group:leadership", "office:1"} <= found.groups
    assert {"topic", "office", "programme"} <= found.code_lists.keys()
    assert set(found.functions) == {"working days", "next working day", "half way", "money", "written day"}


def test_what_an_entry_may_be_told_is_known_before_it_runs(begin: Begin, case: Case) -> None:
    with begin() as tx:
        lists = catalogue(tx).code_lists
        bound = [each for operator in OPERATORS.values() for each in operator.parameters if each.code_list]
        assert {"contact_kind", "office_task", "case_outcome", "way"} <= {each.code_list for each in bound}
        assert all(lists[each.code_list] for each in bound)
        assert "call" not in lists["contact_kind"]


def test_a_mail_goes_to_the_contact_in_its_language_once_with_its_link(begin: Begin, case: Case) -> None:
    for _ in range(2):
        with begin() as tx:
            sent = _call(tx, "mail.send", case.stream, to="contact", text="receipt", link="case_status")
            assert sent == {"mails_sent": 1}
    with begin() as tx:
        mail = tx.session.scalars(select(Mail)).one()
        assert (mail.to_address, mail.language, mail.about) == ("bruecke@verein.example", "ar", case.stream)
        assert "[[link]]" in mail.text
        assert mail.link is not None
        assert (mail.link.purpose, mail.link.target) == ("case_status", case.stream)
    with begin() as tx:
        _call(tx, "mail.send", case.stream, token="u", to="contact", text="receipt", link="case_status")
        assert len(tx.session.scalars(select(Mail)).all()) == 2
        assert len(tx.session.scalars(select(Link)).all()) == 1, "a second mail carries the same link"


def test_a_contact_without_address_gets_no_mail_and_nothing_fails(begin: Begin, case: Case) -> None:
    with begin() as tx:
        tx.session.get_one(Case, case.id).contact_email = ""
    with begin() as tx:
        assert _call(tx, "mail.send", case.stream, to="contact", text="receipt", link="case_status") == {
            "mails_sent": 0
        }


def test_a_group_gets_one_mail_per_member_in_the_member_s_language(begin: Begin, case: Case) -> None:
    with begin() as tx:
        _call(tx, "mail.send", case.stream, to="group:coordination", text="triage_reminder")
        mail = tx.session.scalars(select(Mail)).one()
    assert (mail.to_address, mail.language, mail.link_id) == ("k@stadt.example", "en", None)


def test_what_people_wrote_can_neither_place_a_link_nor_break_a_header(begin: Begin, case: Case) -> None:
    with begin() as tx:
        row = tx.session.get_one(Case, case.id)
        row.contact_name = "[[link]]\nBcc: alle@verein.example {{case.reference}}"
    with begin() as tx:
        _call(tx, "mail.send", case.stream, to="contact", text="receipt", link="case_status")
        mail = tx.session.scalars(select(Mail)).one()
    assert mail.text.count("[[link]]") == 1
    assert "\n" not in mail.subject


def test_the_office_s_mails_follow_a_referral_that_was_handed_on(begin: Begin, case: Case) -> None:
    with begin() as tx:
        referral = _referral(tx, case)
        _call(tx, "mail.send", referral.key, to="office", text="referral_offer", link="referral_answer")
        _call(tx, "referral.hand_on", referral.key, to="kollegin@stadt.example")
        _call(tx, "mail.send", referral.key, "u", to="office", text="referral_offer", link="referral_answer")
        first, second = tx.session.scalars(select(Mail).order_by(Mail.id))
        assert first.to_address == "culture-office@anlaufstelle.example"
        assert second.to_address == "kollegin@stadt.example"
        assert first.link_id != second.link_id


def test_offices_are_asked_each_by_a_process_of_its_own(begin: Begin, case: Case) -> None:
    with begin() as tx:
        result = _call(tx, "referral.offer", case.stream, **OFFER)
    assert (result["sent"], result["asked"]) == (2, ["culture_office", "sport_funding"])
    with begin() as tx:
        started = tx.session.scalars(select(Message).where(Message.kind == "start").order_by(Message.id)).all()
        assert [message.subject for message in started] == [f"referral:{number}" for number in result["referrals"]]
        variables = started[0].variables
        assert variables["extract"] == {"text": ENQUIRY.text}
        assert "bruecke@verein.example" not in repr(variables)
        assert tx.session.get_one(Case, case.id).status == "waiting"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"offices": ["nirgends"]}, "office_unknown"),
        ({"legal_basis": "override"}, "legal_basis_missing"),
        ({"share": []}, "nothing_shared"),
    ],
)
def test_what_an_offer_lacks_is_an_error_the_diagram_can_catch(
    begin: Begin, case: Case, change: dict[str, Any], code: str
) -> None:
    with begin() as tx, pytest.raises(BpmnError) as error:
        _call(tx, "referral.offer", case.stream, **{**OFFER, **change})
    assert error.value.code == code


def test_an_office_without_address_is_an_error_and_none_is_asked(begin: Begin, case: Case) -> None:
    with begin() as tx:
        tx.session.scalars(select(Office).where(Office.key == "sport_funding")).one().email = ""
    with pytest.raises(BpmnError) as error, begin() as tx:
        _call(tx, "referral.offer", case.stream, **OFFER)
    assert (error.value.code, error.value.variables["office"]) == ("office_without_address", "Sportförderung")
    with begin() as tx:
        assert tx.session.scalars(select(Referral)).all() == []


def test_offices_are_proposed_by_topic_without_those_already_asked(begin: Begin, case: Case) -> None:
    with begin() as tx:
        found = _call(tx, "office.proposals", case.stream, topics=["rooms", "culture"], exclude=["other_mo"])
        assert found["proposed"][0] == "culture_office"
        assert "other_mo" not in found["proposed"]
        assert found["proposals"][0]["reason"] == "Räume, Kultur"
        named = _call(tx, "office.proposals", case.stream, topics=["rooms"], offices=["caritas", "nirgends"])
        assert named["proposed"] == ["caritas"]


def test_withdrawing_all_tells_each_open_referral_once(begin: Begin, case: Case) -> None:
    with begin() as tx:
        first, second = _referral(tx, case), _referral(tx, case)
        referrals.decline(tx, second.id, "no_capacity", "")
    for _ in range(2):
        with begin() as tx:
            assert _call(tx, "referral.withdraw_all", case.stream) == {"withdrawn": 1}
    with begin() as tx:
        sent = tx.session.scalars(select(Message).where(Message.name == "referral_withdrawn")).one()
        assert sent.correlation_key == first.key


def test_closing_lets_the_office_s_link_end_and_gives_the_result(begin: Begin, case: Case) -> None:
    with begin() as tx:
        referral = _referral(tx, case)
        token = links.token(links.issue(tx, "referral_answer", referral.key, "office:3"), tx.settings)
        _call(tx, "referral.decline", referral.key, reason="no_capacity", text="bis Mai voll")
        result = _call(tx, "referral.close", referral.key)
        assert links.find(tx.session, "referral_answer", token, tx.now) is not None
        assert links.find(tx.session, "referral_answer", token, tx.now + timedelta(days=30)) is None
    assert result == {
        "result": "declined",
        "outcome": None,
        "confirmed": None,
        "decline_reason": "no_capacity",
        "decline_text": "bis Mai voll",
        "is_waited_for": False,
    }


@pytest.mark.parametrize(
    ("operator", "inputs", "code"),
    [
        ("case.close", {"outcome": "gut"}, "code_unknown"),
        ("case.route", {"ways": ["zaubern"]}, "code_unknown"),
        ("case.advance", {"status": "closed"}, "operator_input"),
        ("case.answer", {"answer": 7}, "operator_input"),
        ("referral.accept", {}, "operator_subject"),
        ("mail.send", {"to": "irgendwer", "text": "receipt"}, "operator_input"),
        ("mail.send", {"to": "contact", "text": "nie geschrieben"}, "text_unknown"),
        ("mail.send", {"to": "contact", "text": "receipt"}, "mail_link"),
        ("message.send", {"name": "x", "correlation_key": "y", "variables": "z"}, "operator_input"),
    ],
)
def test_nonsense_from_a_diagram_is_refused_before_it_reaches_the_office(
    begin: Begin, case: Case, operator: str, inputs: dict[str, Any], code: str
) -> None:
    with begin() as tx, pytest.raises(LotseError) as error:
        _call(tx, operator, case.stream, **inputs)
    assert error.value.code == code


def test_a_mail_text_may_use_values_of_the_diagram(begin: Begin, case: Case) -> None:
    with begin() as tx:
        definition = definitions.active(tx.session, "enquiry")
        own = replace(definition, texts={("own", "de"): "Betreff: {{case.reference}}\n\n{{greeting}}, {{days}} Tage"})
        call = Call(
            inputs={"to": "x@y.example", "text": "own", "language": "de", "values": {"greeting": "Hallo", "days": 3}},
            instance_id=1,
            subject=case.stream,
            process_key="enquiry",
            element_id="e",
            token="t",
            definition=own,
        )
        OPERATORS["mail.send"].run(tx, call)
        mail = tx.session.scalars(select(Mail)).one()
    assert (mail.subject, mail.text.strip()) == ("2026-0001", "Hallo, 3 Tage")


def test_what_texts_may_name_is_what_they_are_given(begin: Begin, case: Case) -> None:
    """The check before deployment and the step itself must agree."""
    with begin() as tx:
        referral = _referral(tx, case)
        office = tx.session.get_one(Office, referral.office_id)
        alone = texts.facts(tx, case, None, None, "de")
        asked = texts.facts(tx, case, referral, office, "de")
    assert {f"{noun}.{name}" for noun, facts in alone.items() for name in facts} == texts.OF_CASE
    assert {f"{noun}.{name}" for noun, facts in asked.items() for name in facts} == texts.OF_CASE | texts.OF_REFERRAL
