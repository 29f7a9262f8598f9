"""What goes on around an application: what is known is not asked again, what changes outside does not break it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.actions import applying
from tests.actions.conftest import ENQUIRY, House
from workflows.actions import asked, inbox, own_tasks
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.domain import programmes
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.engine.tasks import Task


def _sketch(house: House, token: str) -> dict[str, object]:
    """What stands in the form of a new application before anybody typed."""
    with house.at("public") as tx:
        task = tx.session.scalars(
            select(Task.id).where(Task.element_id == "describe_project", Task.status == "open")
        ).one()
        found = own_tasks.open_form(tx, token, task).values.get("profile", {})
        assert isinstance(found, dict)
        return found


def test_the_next_application_of_an_association_begins_with_its_profile(house: House) -> None:
    first = _sketch(house, applying.advise(house))
    assert not first.get("legal_form")
    applying.walk(house, "answer_questions")
    again = _sketch(house, applying.advise(house, channel="phone"))
    said = applying.typed("describe_project")["profile"]
    assert {name: again[name] for name in said} == said


@pytest.mark.parametrize(
    ("stranger", "channel"),
    [
        ({"organisation_name": "Ganz anderer Verein"}, "phone"),
        ({"contact_email": "fremd@anderswo.example"}, "phone"),
        ({}, "form"),  # name and address may stand on the association's own website
    ],
)
def test_nobody_else_sees_it_not_even_under_its_name(house: House, stranger: dict[str, str], channel: str) -> None:
    applying.advise(house)
    applying.walk(house, "answer_questions")
    token = applying.advise(house, {**ENQUIRY, **stranger}, channel)
    assert not _sketch(house, token).get("legal_form")


def _states(house: House) -> list[tuple[str, str | None]]:
    with house.at() as tx:
        return [(row.status, row.result) for row in tx.session.scalars(select(Application).order_by(Application.id))]


def test_a_programme_that_pays_less_meanwhile_does_not_stop_a_plan_made_before(house: House) -> None:
    applying.advise(house)
    applying.walk(house, "review_draft")
    with house.at() as tx:
        programmes.edit(tx, "council_project", amounts={"project_max": Decimal(1000), "share_max_percent": Decimal(50)})
    house.do("coordinator", "review_draft", applying.typed("review_draft"))
    house.work()
    house.do("coordinator", "gather_documents", applying.typed("gather_documents"))
    house.do("coordinator", "submit_here", applying.typed("submit_here"))
    house.work()
    assert _states(house) == [("submitted", None)]


def _give_up(house: House, application_id: int = 1) -> None:
    with house.at("coordinator") as tx:
        case = tx.session.scalars(select(Case)).one()
        asked.give_up(tx, case.id, application_id, "phone", tx.now.date())
    house.work()


@pytest.mark.parametrize("stage", ["describe_project", "answer_questions", "submit_here", "rate_application"])
def test_one_application_is_given_up_by_telephone_and_the_enquiry_goes_on(house: House, stage: str) -> None:
    applying.jury(house, "jury")
    applying.advise(house)
    applying.walk(house, stage)
    with pytest.raises(NotFound):
        _give_up(house, 2)
    _give_up(house)
    assert _states(house) == [("closed", "withdrawn")]
    with house.at() as tx:
        case = tx.session.scalars(select(Case)).one()
        assert case.status == "in_progress"
        assert [task.element_id for task in tx.session.scalars(select(Task).where(Task.status == "open"))] == []
    with pytest.raises(Conflict, match="application_state"):
        _give_up(house)


def test_whoever_has_got_money_cannot_give_up_any_more(house: House) -> None:
    applying.jury(house, "jury")
    applying.advise(house)
    applying.walk(house, "confirm_spending")
    with pytest.raises(Conflict, match="application_state"):
        _give_up(house)
    assert _states(house) == [("awarded", None)]


def test_a_notice_from_outside_keeps_its_own_day_and_none_that_is_still_to_come(house: House) -> None:
    applying.advise(house)
    applying.walk(house, "choose_programme")
    house.do(
        "coordinator", "choose_programme", {"choice": "programme", "chosen_programme": "hor", "choice_reason": "Räume"}
    )
    house.work()
    for element_id in ("answer_questions", "plan_costs", "review_draft", "gather_documents"):
        house.do("coordinator", element_id, applying.typed(element_id))
        house.work()
    with house.at() as tx:
        today = tx.now.date()
    sent = {"submitted_on": today, "proof_number": "4711"}
    with pytest.raises(Invalid):
        house.do("coordinator", "submit_elsewhere", {**sent, "submitted_on": today + timedelta(days=1)})
    house.do("coordinator", "submit_elsewhere", sent)
    house.work()
    notice = {"decision": "reject", "decision_reason": "Kein Geld mehr", "decided_on": today - timedelta(days=9)}
    house.do("coordinator", "record_decision", notice)
    house.work()
    with house.at() as tx:
        row = tx.session.scalars(select(Application)).one()
        assert (row.result, row.decided_on) == ("rejected", today - timedelta(days=9))


def _options(house: House) -> list[str]:
    """What the choice of the programme reads, in its order."""
    with house.at("coordinator") as tx:
        query = select(Task.id).where(Task.element_id == "choose_programme", Task.status == "open")
        fields = inbox.open_form(tx, tx.session.scalars(query).one(), {"choice": "programme"}).fields
        return next([option.label for option in field.options] for field in fields if field.key == "chosen_programme")


def test_what_fits_comes_first_and_a_second_application_of_the_association_is_told(house: House) -> None:
    applying.advise(house)
    applying.walk(house, "choose_programme")
    first = _options(house)
    verdicts = [label.split(" – ")[1].split(".")[0] for label in first]
    assert verdicts == sorted(verdicts, key=["passt", "noch unklar", "passt nicht"].index)
    assert "Ausländerbeirat, Projektförderung – passt. " in " ".join(first)
    assert all("Es fehlen noch" not in label for label in first if "passt nicht" in label)
    house.do("coordinator", "choose_programme", applying.typed("choose_programme"))
    house.work()
    applying.advise(house)
    house.do("coordinator", "describe_project", applying.typed("describe_project"))
    house.work()
    again = next(label for label in _options(house) if label.startswith("Ausländerbeirat, Projektförderung"))
    assert "noch unklar" in again
    assert "läuft schon ein Antrag der MO (2026-0001)" in again


def _untouched(house: House, element_id: str, *fields: str) -> list[object]:
    """What the only open task of that element has in these fields before anybody touches it."""
    with house.at("coordinator") as tx:
        open_now = select(Task.id).where(Task.element_id == element_id, Task.status == "open")
        values = inbox.open_form(tx, tx.session.scalars(open_now).one()).values
    return [values.get(field) for field in fields]


def test_what_was_done_once_is_not_filled_in_for_the_next_time(house: House) -> None:
    applying.jury(house, "jury")
    applying.advise(house)
    applying.walk(house, "manage_grant")
    house.do("coordinator", "manage_grant", {"step": "draw", "draw_amount": 1000})
    house.do("coordinator", "confirm_spending", applying.typed("confirm_spending"))
    assert _untouched(house, "manage_grant", "step", "draw_amount") == [None, None]
    house.do("coordinator", "manage_grant", {"step": "draw", "draw_amount": 500})
    assert _untouched(house, "confirm_spending", "spent_on", "spent_note") == [None, None]
    house.do("coordinator", "confirm_spending", applying.typed("confirm_spending"))
    lines = [{"position": "Miete", "amount": 500}, {"position": "Chorleitung", "amount": 2200}]
    house.do("coordinator", "manage_grant", {"step": "change", "changed_lines": lines, "change_reason": "Mehr Proben"})
    assert _untouched(house, "manage_grant", "step", "change_reason") == [None, None]


def test_a_decision_on_something_else_begins_without_the_one_before(house: House) -> None:
    applying.jury(house, "jury")
    applying.advise(house)
    applying.walk(house, "review_draft")
    house.do("coordinator", "review_draft", {"review": "revise", "review_comment": "Bitte genauer."})
    applying.walk_again(house, "answer_questions", "plan_costs")
    assert _untouched(house, "review_draft", "review") == [None]
    applying.walk_again(house, "review_draft")
    applying.walk(house, "manage_grant", since="gather_documents")
    for rent, fee in ((1500, 1200), (500, 2200)):
        lines = [{"position": "Miete", "amount": rent}, {"position": "Chorleitung", "amount": fee}]
        house.do("coordinator", "manage_grant", {"step": "change", "changed_lines": lines, "change_reason": "Anders"})
        assert _untouched(house, "approve_change", "change_verdict", "change_note") == [None, None]
        house.do("coordinator", "approve_change", {"change_verdict": "approved", "change_note": "Passt."})


def test_a_part_that_was_paid_back_is_not_filled_in_for_the_rest(house: House) -> None:
    applying.jury(house, "jury")
    applying.advise(house)
    applying.walk(house, "write_proof")
    proof = applying.typed("write_proof")
    less = [{**line, "spent": line["spent"] - 100} for line in proof["proof_lines"]]
    house.do("coordinator", "write_proof", {**proof, "proof_lines": less})
    house.do("coordinator", "check_proof", {"proof_verdict": "ok"})
    house.do("coordinator", "confirm_repayment", {"repayment": "part", "repaid_amount": 1, "repaid_on": "2026-03-02"})
    assert _untouched(house, "confirm_repayment", "repayment", "repaid_amount", "repaid_on") == [None, None, None]
