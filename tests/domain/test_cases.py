"""A case moves only from states that allow it, and leaves a trace."""

import pytest

from tests.conftest import Begin
from tests.domain.conftest import ENQUIRY
from workflows.core import audit
from workflows.core.errors import Conflict
from workflows.domain import cases, organisations
from workflows.domain.cases import Case


def test_references_count_through_the_year(seeded: Begin) -> None:
    with seeded() as tx:
        rows = [
            cases.open_new(tx, ENQUIRY, channel="form", language="de", details={}, dedupe_key=None) for _ in range(2)
        ]
    assert [row.reference for row in rows] == ["2026-0001", "2026-0002"]


def test_a_case_from_question_to_confirmed_answer(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        cases.route(tx, case.id, ["answer"], "normal", None)
        cases.answer(tx, case.id, "Der Saal im Bürgerhaus ist frei.")
        cases.confirm(tx, case.id, "helped")
        cases.close(tx, case.id, "helped")
    with seeded() as tx:
        closed = tx.session.get_one(Case, case.id)
        events = [entry.event for entry in audit.entries(tx.session, case.stream)]
    assert (closed.status, closed.outcome, closed.confirmed, closed.closed_at) == ("closed", "helped", "helped", tx.now)
    assert list(reversed(events)) == [
        "case.opened",
        "case.in_progress",
        "case.routed",
        "case.answered",
        "case.answer_given",
        "case.confirmed",
        "case.closed",
    ]


def test_routing_keeps_the_association_a_person_has_assigned(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        named, assigned = organisations.add(tx, case.organisation_name), organisations.add(tx, "Haus der Vielfalt")
        tx.session.get_one(Case, case.id).organisation_id = assigned.id
        assert named.id != assigned.id
    with seeded() as tx:
        assert cases.route(tx, case.id, ["answer"], None, None).organisation_id == assigned.id


def test_a_withdrawn_case_stays_withdrawn(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        cases.advance(tx, case.id, "withdrawn")
    with seeded() as tx, pytest.raises(Conflict) as conflict:
        cases.reopen(tx, case.id)
    assert conflict.value.facts["status"] == "withdrawn"


def test_a_confirmation_counts_once_until_the_case_is_reopened(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        cases.answer(tx, case.id, "Ja.")
        cases.confirm(tx, case.id, "not_helped")
        cases.confirm(tx, case.id, "not_helped")
    with seeded() as tx, pytest.raises(Conflict):
        cases.confirm(tx, case.id, "helped")
    with seeded() as tx:
        cases.reopen(tx, case.id)
        cases.answer(tx, case.id, "Jetzt aber.")
        assert cases.confirm(tx, case.id, "helped").confirmed == "helped"


def test_the_same_association_is_recognised_whatever_its_spelling(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        cases.route(tx, case.id, ["answer"], None, None)
    with seeded() as tx:
        again = cases.open_new(
            tx,
            cases.Enquiry("advice", "concern", ["board"], "Noch etwas", organisation_name="BRÜCKE E. V."),
            channel="phone",
            language="de",
            details={},
            dedupe_key=None,
        )
        assert again.organisation_id is not None
        assert cases.similar(tx.session, again) == [case.reference]
