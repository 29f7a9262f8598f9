"""The coordinator keeps the programmes: figures, deadline, pot; checked today, told in the audit, followed by all."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp.test_on_behalf import SignIn
from workflows.core.audit.log import AuditEntry
from workflows.domain import programmes
from workflows.domain.programmes import Programme

FORM: dict[str, object] = {
    "name": "Ausländerbeirat, Projektförderung",
    "decided_by": "Kommission des Ausländerbeirats",
    "jury_group": "group:jury",
    "quorum": "5",
    "conditions[0].condition": "Sitz in der Stadt",
    "documents": ["statutes", "cost_plan"],
    "is_active": "true",
    "amount": "bis 3.000 € je Projekt",
    "figures[0].figure": "project_max",
    "figures[0].value": "3000,00",
    "pot_year": "2026",
    "pot_total": "20000",
    "deadline": "15. November für das nächste Jahr",
    "deadline_day": "15",
    "deadline_month": "11",
    "for_next_year": "true",
    "source": "Gespräch mit der Geschäftsstelle",
}


def _programme(begin: Begin) -> Programme:
    with begin() as tx:
        found = programmes.find(tx.session, "council_project")
        assert found is not None
        tx.session.expunge(found)
        return found


def test_figures_deadline_and_pot_are_changed_and_count_as_checked_today(signed_in: SignIn, begin: Begin) -> None:
    mine = signed_in("coordinator")
    path = f"/funding/programmes/{_programme(begin).id}"
    assert path in mine.get("/funding").text
    page = mine.get(path).text
    for words in ("Projektförderung", "Höchstens für ein Projekt (€)", "2500", "Quelle", "Mit diesen Zahlen rechnen"):
        assert words in page
    saved = mine.post(path, FORM)
    assert (saved.status_code, saved.location) == (302, "/funding")
    changed = _programme(begin)
    assert changed.amounts == {"project_max": Decimal("3000.00")}
    assert changed.ceiling == Decimal(3000)
    assert changed.deadline_rule == {"month": 11, "day": 15, "for_next_year": True}
    assert (changed.quorum, changed.conditions, changed.checked_on) == (5, ["Sitz in der Stadt"], date(2026, 3, 2))
    assert "15.11.2026" in mine.get("/funding").text
    with begin() as tx:
        pot = programmes.pot(tx.session, changed.id, 2026)
        assert pot is not None
        assert (pot.total, pot.remaining) == (Decimal(20000), Decimal(20000))
        events = set(tx.session.scalars(select(AuditEntry.event)))
        assert {"programme.edited", "programme.pot_set"} <= events


def test_what_cannot_be_is_said_beside_its_field_and_changes_nothing(signed_in: SignIn, begin: Begin) -> None:
    mine = signed_in("coordinator")
    path = f"/funding/programmes/{_programme(begin).id}"
    before = _programme(begin).amounts
    for wrong in (
        {"source": ""},
        {"deadline_day": "31"},  # there is no 31 November
        {"figures[0].figure": "other_name"},  # the tables of the bundle would look for it in vain
        {"figures[1].figure": "project_max", "figures[1].value": "1"},
        {"quorum": "0"},
        {"jury_group": "group:coordination"},  # who advises does not decide
        {"pot_year": ""},
    ):
        answer = mine.post(path, {**FORM, **wrong})
        assert answer.status_code == 422, wrong
        assert "Gespräch" in answer.text or "source" in wrong  # what was typed is still there
    assert _programme(begin).amounts == before


def test_a_figure_of_another_name_is_called_by_it_and_one_left_out_is_named_in_words(
    signed_in: SignIn, begin: Begin
) -> None:
    mine = signed_in("coordinator")
    path = f"/funding/programmes/{_programme(begin).id}"
    other = {"figures[1].figure": "hours_max", "figures[1].value": "3"}
    assert mine.post(path, FORM | other).status_code == 422  # a name no list knows
    with begin() as tx:
        programmes.edit(tx, "council_project", amounts={"project_max": Decimal(2500), "hours_max": Decimal(4)})
    assert "hours_max" in mine.get(path).text
    assert "Höchstens für ein Projekt (€), hours_max" in mine.post(path, FORM | {"figures[0].figure": "hours_max"}).text
    assert mine.post(path, FORM | other).status_code == 302
    assert _programme(begin).amounts == {"project_max": Decimal("3000.00"), "hours_max": Decimal(3)}


def test_nobody_else_keeps_programmes(signed_in: SignIn, begin: Begin) -> None:
    path = f"/funding/programmes/{_programme(begin).id}"
    for role in ("leadership", "office", "process_owner", "reviewer", "admin"):
        assert signed_in(role).get(path).status_code == 404
        assert signed_in(role).post(path, FORM).status_code == 404
    assert "<a" not in signed_in("leadership").get("/funding").text.split("Projektförderung")[0][-60:]
