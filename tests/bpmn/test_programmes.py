"""The tables of the programmes: who fits, why, what is missing, by when; figures come from the programme alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.bpmn.conftest import BUNDLES
from tests.bpmn.test_content import LANGUAGES
from tests.conftest import Begin
from workflows.domain import programmes, seed
from workflows.domain.programmes import Programme
from workflows.engine import bundle
from workflows.engine.catalogue import Call
from workflows.engine.content import Content, read_content
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.operators import OPERATORS

PROFILE = {
    "legal_form": "association",
    "seat": "city",
    "registered": "yes",
    "charitable": "yes",
    "staff": "none",
    "has_rooms": True,
    "has_sport_department": True,
    "is_welfare": False,
    "documents": ["statutes", "bank_details"],
}
SKETCH = {
    "purpose": "project",
    "fields": ["culture", "sport", "diversity"],
    "only": "none",
    "starts_on": date(2027, 2, 1),
    "months": Decimal(6),
    "has_begun": "no",
    "region": "rural",
    "total": Decimal(3000),
    "requested": Decimal(2000),
}
Found = dict[str, dict[str, Any]]


@pytest.fixture
def funding() -> Content:
    """The bundle of the funding."""
    return read_content(bundle.read(BUNDLES / "funding"), OFFICE_FUNCTIONS)


@pytest.fixture
def seeded(begin: Begin) -> Begin:
    """A house with programmes."""
    with begin() as tx:
        seed.load(tx)
    return begin


def _found(begin: Begin, content: Content, profile: dict[str, Any], sketch: dict[str, Any]) -> Found:
    with begin() as tx:
        inputs = {"starts_on": sketch["starts_on"]}
        call = Call(inputs, 1, "application:1", "funding", "e", "t", definition=None)  # type: ignore[arg-type]
        facts = OPERATORS["funding.programmes"].run(tx, call)
        assert facts is not None
        given = {"profile": profile, "sketch": sketch, **facts}
        matching = content.decisions["matching_programmes"]
        rows: Any = matching.evaluate("matching_programmes", given, now=tx.now, functions=OFFICE_FUNCTIONS).value
    return {row["programme"]: row for row in rows}


def test_every_programme_has_a_table_and_a_verdict_with_its_reason(seeded: Begin, funding: Content) -> None:
    found = _found(seeded, funding, PROFILE, SKETCH)
    with seeded() as tx:
        assert list(found) == [programme.key for programme in programmes.active(tx.session)]
    assert found.keys() <= funding.decisions.keys()
    assert all(row["reasons"] and row["verdict"] in {"yes", "no", "unclear"} for row in found.values())


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("city_integration", {}, {}, "yes"),
    ("city_integration", {"charitable": "unknown"}, {}, "unclear"),
    ("city_integration", {"charitable": "no"}, {}, "unclear"),
    ("city_integration", {}, {"fields": ["religion"]}, "no"),
    ("culture", {"legal_form": "person", "charitable": "no"}, {"starts_on": date(2026, 12, 1)}, "yes"),
    ("culture", {}, {"fields": ["sport"]}, "no"),
    ("council_institutional", {}, {"purpose": "running_costs"}, "yes"),
    ("council_institutional", {"has_rooms": False}, {"purpose": "running_costs"}, "unclear"),
    ("council_project", {}, {}, "yes"),
    ("council_project", {"seat": "state"}, {}, "no"),
    ("council_project", {}, {"requested": Decimal("2500.01")}, "unclear"),
    ("sport", {}, {}, "yes"),
    ("sport", {"has_sport_department": False}, {}, "no"),
    ("wir_mo", {}, {}, "yes"),
    ("wir_mo", {"staff": "full_time"}, {}, "no"),
    ("wir_mo", {"is_welfare": True}, {}, "no"),
    ("wir_mo", {}, {"only": "heritage"}, "no"),
    ("wir_mo", {}, {"has_begun": "yes"}, "no"),
    ("wir_mo", {}, {"months": Decimal(25)}, "unclear"),
    ("wir_mo", {}, {"requested": Decimal("3000.01")}, "unclear"),
    ("wir_mo", {}, {"requested": Decimal("3000.01"), "months": Decimal(13)}, "yes"),
    ("wir_innovative", {}, {"purpose": "model"}, "unclear"),
    ("wir_innovative", {}, {}, "no"),
    ("wir_guides", {}, {"purpose": "guides"}, "yes"),
    ("wir_guides", {}, {"purpose": "guides", "starts_on": date(2026, 3, 10)}, "no"),
    ("wir_german", {}, {"purpose": "german"}, "unclear"),
    ("wir_micro", {}, {}, "yes"),
    ("wir_micro", {"charitable": "no"}, {}, "no"),
    ("hor", {}, {}, "unclear"),
    ("dsee_micro", {}, {}, "yes"),
    ("dsee_micro", {}, {"region": "city"}, "no"),
    ("dsee_micro", {}, {"total": Decimal(2100)}, "unclear"),
]


@pytest.mark.parametrize(("key", "profile", "sketch", "verdict"), CASES)
def test_the_tables_say_what_the_programmes_say(
    seeded: Begin, funding: Content, key: str, profile: dict[str, Any], sketch: dict[str, Any], verdict: str
) -> None:
    row = _found(seeded, funding, PROFILE | profile, SKETCH | sketch)[key]
    assert row["verdict"] == verdict, row["reasons"]


def test_amounts_documents_and_deadlines_are_read_from_the_programme(seeded: Begin, funding: Content) -> None:
    with seeded() as tx:
        programme = programmes.find(tx.session, "council_project")
        assert isinstance(programme, Programme)
        programme.amounts = {"project_max": Decimal(1500)}
        programme.documents = ["statutes", "register_extract"]
        programme.deadline_rule = {"month": 11, "day": 15}
    row = _found(seeded, funding, PROFILE, SKETCH)["council_project"]
    assert row["verdict"] == "unclear"
    assert "1.500,00 €" in row["reasons"]
    assert row["ceiling"] == Decimal(1500)
    assert row["missing"] == ["register_extract"]
    assert row["missing_names"] == ["Auszug aus dem Vereinsregister"]
    assert (row["deadline"].month, row["deadline"].day) == (11, 15)


def test_what_an_association_fills_in_is_whole_in_every_language(funding: Content) -> None:
    forms = ("describe_project", "answer_questions", "plan_costs", "gather_documents", "supply_documents")
    for name in (*forms, "manage_grant", "confirm_spending", "write_proof"):
        german = set(funding.forms[name].german())
        for language in LANGUAGES - {"de"}:
            assert german - funding.translations[language].keys() == set(), (name, language)


def test_two_years_of_a_yearly_sum_are_twice_as_much_and_the_minijob_has_its_own_limit(
    seeded: Begin, funding: Content
) -> None:
    def found(requested: int, months: int) -> dict[str, Any]:
        return _found(seeded, funding, PROFILE, SKETCH | {"requested": Decimal(requested), "months": Decimal(months)})[
            "wir_mo"
        ]

    assert found(2000, 12)["ceiling"] == Decimal(10200)
    assert found(2000, 24)["ceiling"] == Decimal(20400)
    assert "Minijob" in found(5000, 12)["reasons"]
    assert "Minijob" in found(20400, 24)["reasons"]
    assert "10.200,00 € im Jahr" in found(20401, 24)["reasons"]


def test_texts_of_the_tables_follow_the_deadline_of_the_programme(seeded: Begin, funding: Content) -> None:
    with seeded() as tx:
        programme = programmes.find(tx.session, "wir_guides")
        assert isinstance(programme, Programme)
        programme.deadline_rule = {"weeks_before_start": 8}
    late = SKETCH | {"purpose": "guides", "starts_on": date(2026, 4, 10)}
    row = _found(seeded, funding, PROFILE, late)["wir_guides"]
    assert (row["verdict"], row["deadline"]) == ("no", date(2026, 2, 13))
    assert "13.02.2026" in row["reasons"]


def test_who_has_no_document_yet_is_told_every_one(seeded: Begin, funding: Content) -> None:
    row = _found(seeded, funding, PROFILE | {"documents": None}, SKETCH)["hor"]
    assert row["missing_names"] == ["Antrag (Formular)", "Beschreibung des Projekts"]
