"""The operator of register entries: a contact at the association of the case, once, and never at nobody's."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from tests.operators.test_operators import _call, case
from workflows.core import audit
from workflows.core.errors import LotseError
from workflows.domain import organisations
from workflows.domain.cases import Case
from workflows.domain.contacts import Contact

__all__ = ["case"]

CALL = {"kind": "phone", "text": "Der Verein sucht einen Saal.", "office_task": "referral"}


@pytest.fixture
def known(begin: Begin, case: Case) -> int:
    """The entry of the case's association."""
    with begin() as tx:
        organisation = organisations.add(tx, "Verein Brücke e. V.")
        tx.session.get_one(Case, case.id).organisation_id = organisation.id
        return organisation.id


def test_an_entry_is_made_once_and_audited_without_its_words(begin: Begin, case: Case, known: int) -> None:
    again = date(2027, 3, 1)
    for _ in range(2):
        with begin() as tx:
            made = _call(tx, "contact.log", case.stream, **CALL, follow_up_on=again)
    with begin() as tx:
        contact = tx.session.scalars(select(Contact)).one()
        assert made == {"contact": contact.id}
        assert (contact.organisation_id, contact.case_id, contact.kind) == (known, case.id, "phone")
        assert (contact.who, contact.text, contact.follow_up_on) == (case.contact_name, CALL["text"], again)
        (entry,) = [each for each in audit.entries(tx.session, case.stream) if each.event == "contact.logged"]
        assert "Saal" not in str(entry.details)
    with begin() as tx:
        _call(tx, "contact.log", case.stream, "again", **CALL, who="Vorstand")
        assert [row.who for row in tx.session.scalars(select(Contact).order_by(Contact.id))][1:] == ["Vorstand"]


def test_what_cannot_be_entered_is_refused(begin: Begin, case: Case, known: int) -> None:
    wrong = {"kind": "letter_pigeon", "office_task": "nothing_of_ours"}
    for name, value in wrong.items():
        with pytest.raises(LotseError, match="code_unknown"), begin() as tx:
            _call(tx, "contact.log", case.stream, **{**CALL, name: value})
    with pytest.raises(LotseError, match="operator_input"), begin() as tx:
        _call(tx, "contact.log", case.stream, **CALL, follow_up_on="morgen")


def test_a_case_of_no_organisation_has_no_entry(begin: Begin, case: Case) -> None:
    with pytest.raises(LotseError, match="case_without_organisation"), begin() as tx:
        _call(tx, "contact.log", case.stream, **CALL)
