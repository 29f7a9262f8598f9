"""The letter operator: a text of the bundle kept at the case on paper, once, for whoever may see the case."""

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from tests.operators.test_operators import _call, _referral, case
from workflows.core import audit
from workflows.core.errors import LotseError
from workflows.core.tx import Tx
from workflows.domain import organisations
from workflows.domain.cases import Case
from workflows.domain.letters import Letter
from workflows.domain.organisations import Origin

__all__ = ["case"]

ADDRESS = {"street": "Brückenweg 3", "postal_code": "65183", "city": "Wiesbaden"}


def only(tx: Tx) -> Letter:
    return tx.session.scalars(select(Letter)).one()


def test_a_letter_is_kept_once_in_the_language_of_whoever_asked(begin: Begin, case: Case) -> None:
    for _ in range(2):
        with begin() as tx:
            wrote = _call(tx, "letter.write", case.stream, to="contact", text="withdrawal_confirmed")
    with begin() as tx:
        letter = only(tx)
        assert wrote == {"letter": letter.id}
        assert (letter.case_id, letter.language) == (case.id, "ar")
        assert case.reference in letter.subject
        assert letter.address.splitlines() == [case.organisation_name, case.contact_name]
        (entry,) = [each for each in audit.entries(tx.session, case.stream) if each.event == "letter.written"]
        assert entry.details == {"language": "ar"}, "who reads the audit does not read the case"
    with begin() as tx:
        _call(tx, "letter.write", case.stream, "again", to="contact", text="withdrawal_confirmed", language="de")
        assert [row.language for row in tx.session.scalars(select(Letter).order_by(Letter.id))] == ["ar", "de"]


def test_the_address_comes_from_the_register_or_from_the_step(begin: Begin, case: Case) -> None:
    with begin() as tx:
        origin = Origin("self", organisations.today(tx))
        known = organisations.add(tx, "Verein Brücke e. V.", origin, ADDRESS)
        tx.session.get_one(Case, case.id).organisation_id = known.id
    with begin() as tx:
        _call(tx, "letter.write", case.stream, to="contact", text="withdrawal_confirmed")
        assert only(tx).address.splitlines() == [
            "Verein Brücke e. V.",
            case.contact_name,
            "Brückenweg 3",
            "65183 Wiesbaden",
        ]
    with begin() as tx:
        given = {"to": "contact", "text": "withdrawal_confirmed", "address": "Rathaus\nSchlossplatz 6"}
        _call(tx, "letter.write", case.stream, "other", **given)
        assert tx.session.scalars(select(Letter.address).order_by(Letter.id.desc()).limit(1)).one() == given["address"]


def test_an_office_is_written_to_in_its_language(begin: Begin, case: Case) -> None:
    with begin() as tx:
        referral = _referral(tx, case)
        _call(tx, "letter.write", referral.key, to="office", text="referral_withdrawn")
        letter = only(tx)
    assert (letter.case_id, letter.language, letter.addressee) == (case.id, "de", "Kulturamt")
    assert "wir ziehen unsere Bitte" in letter.text


def test_what_cannot_be_a_letter_is_said(begin: Begin, case: Case) -> None:
    wrong = {
        "letter_without_office": {"to": "office", "text": "withdrawal_confirmed"},
        "letter_with_link": {"to": "contact", "text": "receipt"},
        "operator_input": {"to": "group:coordination", "text": "withdrawal_confirmed"},
    }
    for code, given in wrong.items():
        with pytest.raises(LotseError) as refused, begin() as tx:
            _call(tx, "letter.write", case.stream, **given)
        assert refused.value.code == code
    with begin() as tx:
        assert tx.session.scalars(select(Letter)).all() == []
