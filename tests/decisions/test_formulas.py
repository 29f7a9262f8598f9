"""Formulas and the graph of a decision file, changed without a drawing tool: everything else in the file stays."""

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from tests.decisions.models import decision, definitions, literal, required, table
from tests.decisions.test_sheets import canonical
from workflows.decisions import formulas, graphs, parse_decisions, sheets
from workflows.decisions.errors import DecisionModelError
from workflows.decisions.formulas import Step
from workflows.decisions.picture import drawn
from workflows.operators import FUNCTIONS

BUNDLED = sorted((Path(__file__).parents[2] / "bpmn").glob("*/*.dmn"))
PROGRAMMES = Path(__file__).parents[2] / "bpmn" / "funding" / "programmes.dmn"
CONTEXT = (
    '<context><contextEntry id="kept"><variable name="base" typeRef="number"/>'
    f"{literal('persons * 10')}</contextEntry><contextEntry>{literal('base + 5')}</contextEntry></context>"
)


def value(xml: bytes, name: str, **variables: object) -> object:
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    model = parse_decisions(xml, functions=FUNCTIONS.keys())
    return model.evaluate(name, variables, now=now, functions=FUNCTIONS).value


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_formula_written_as_it_is_leaves_the_file_as_it_was(path: Path) -> None:
    xml = path.read_bytes()
    for each in formulas.formulas(xml):
        assert canonical(formulas.written(xml, each)) == canonical(xml)


def test_a_formula_and_the_type_of_its_result_are_changed_and_nothing_else() -> None:
    xml = PROGRAMMES.read_bytes()
    formula = next(each for each in formulas.formulas(xml) if each.decision == "matching_programmes")
    changed = formulas.written(xml, replace(formula, text="1 < 2", type="boolean"))
    assert value(changed, "matching_programmes") is True
    assert sheets.sheets(changed) == sheets.sheets(xml)
    assert canonical(formulas.written(changed, formula)) == canonical(xml)


def test_steps_on_the_way_are_read_changed_and_taken_out() -> None:
    xml = definitions(decision("grant", CONTEXT))
    (formula,) = formulas.formulas(xml)
    assert (formula.steps, formula.text) == ((Step("base", "persons * 10", 0),), "base + 5")
    assert canonical(formulas.written(xml, formula)) == canonical(xml)
    more = replace(formula, steps=(Step("extra", "7"), *formula.steps), text="base + extra")
    changed = formulas.written(xml, more)
    assert value(changed, "grant", persons=Decimal(2)) == Decimal(27)
    # What was there keeps its id and its type, wherever it moves.
    entry = etree.fromstring(changed).find(".//{*}contextEntry[@id='kept']/{*}variable")
    assert entry is not None
    assert entry.get("typeRef") == "number"
    plain = formulas.written(changed, replace(more, steps=(), text="3"))
    assert value(plain, "grant") == Decimal(3)
    without_result = formulas.written(xml, replace(formula, text=""))
    assert value(without_result, "grant", persons=Decimal(1)) == {"base": Decimal(10)}


def test_a_formula_in_another_form_is_shown_and_never_written_over() -> None:
    xml = definitions(decision("all", f"<list>{literal('1')}</list>"))
    (formula,) = formulas.formulas(xml)
    assert not formula.is_simple
    with pytest.raises(KeyError):
        formulas.written(xml, replace(formula, text="1"))


def test_a_decision_is_renamed_where_formulas_and_cells_use_it_and_nowhere_else() -> None:
    needs = required("requiredDecision", "fee_id")
    body = literal('{told: "fee", twice: for fee in [1] return fee, sum: fee + other.fee, fee: fee}')
    xml = definitions(
        decision("fee", literal("4")),
        decision("bill", body, needs),
        decision("row", table(["fee"], ["out"], [["<= fee", '"fee"']]), needs),
        decision("other_one", literal("fee")),
    )
    changed = graphs.changed(xml, "fee_id", "Beitrag je Kopf", [])
    texts = [each.text for each in etree.fromstring(changed).iter("{*}text")]
    assert texts[1] == (
        '{told: "fee", twice: for fee in [1] return fee, sum: Beitrag je Kopf + other.fee, fee: Beitrag je Kopf}'
    )
    assert texts[2:5] == ["Beitrag je Kopf", "<= Beitrag je Kopf", '"fee"']
    assert texts[5] == "fee"
    bill = value(changed, "bill", other={"fee": Decimal(1)})
    assert bill == {"told": "fee", "twice": [Decimal(1)], "sum": Decimal(5), "fee": Decimal(4)}
    back = graphs.changed(changed, "fee_id", "fee", [])
    assert [each.text for each in etree.fromstring(back).iter("{*}text")] == [
        each.text for each in etree.fromstring(xml).iter("{*}text")
    ]


@pytest.mark.parametrize(
    "body",
    [
        f'<context><contextEntry><variable name="rate"/>{literal("2")}</contextEntry>'
        f"<contextEntry>{literal('fee * rate')}</contextEntry></context>",
        literal("for rate in [1, 2] return rate * fee"),
        literal("{rate: 2, sum: fee * rate}.sum"),
        f'<for iteratorVariable="rate"><in>{literal("[1]")}</in><return>{literal("fee + rate")}</return></for>',
    ],
)
def test_no_decision_takes_the_name_of_a_step_inside_one_that_uses_it(body: str) -> None:
    xml = definitions(decision("fee", literal("4")), decision("bill", body, required("requiredDecision", "fee_id")))
    before = value(xml, "bill")
    with pytest.raises(DecisionModelError, match="name_inside"):
        graphs.changed(xml, "fee_id", "rate", [])
    assert value(graphs.changed(xml, "fee_id", "price", []), "bill") == before


@pytest.mark.parametrize("name", ["1x", "2", "true", "if", "null", "(a)", '"a"', "-a", "…"])
def test_no_decision_takes_a_name_that_expressions_cannot_read(name: str) -> None:
    """Its users would have kept the old name, or meant a number by the new one."""
    xml = definitions(
        decision("fee", literal("4")), decision("bill", literal("fee"), required("requiredDecision", "fee_id"))
    )
    with pytest.raises(DecisionModelError, match="name_unreadable"):
        graphs.changed(xml, "fee_id", name, [])
    for good in ("x1", "Beitrag je Kopf 2026", "Förder-Art"):
        assert value(graphs.changed(xml, "fee_id", good, []), "bill") == Decimal(4)


def test_a_service_reads_its_inputs_and_the_functions_of_the_house() -> None:
    """What it decides does not depend on who calls it, but the calendar is everybody's."""
    data = '<inputData id="days" name="days"><variable name="days"/></inputData>'
    inner = decision("inner", literal("twice(days)"), required("requiredInput", "days"))
    service = (
        '<decisionService id="offer" name="offer"><variable name="offer"/><outputDecision href="#inner_id"/>'
        '<inputData href="#days"/></decisionService>'
    )
    model = parse_decisions(definitions(data, inner, service), functions=["twice"])
    found = model.evaluate("offer", {"days": Decimal(2)}, functions={"twice": lambda n: n * 2})
    assert (found.value, found.warnings) == (Decimal(4), ())


def test_what_a_decision_needs_is_connected_and_taken_away_and_never_in_a_ring() -> None:
    xml = definitions(decision("one", literal("2")), decision("two", literal("one * 3")))
    assert value(xml, "two") is None
    joined = graphs.changed(xml, "two_id", "two", ["one_id"])
    assert value(joined, "two") == Decimal(6)
    assert [each.needs for each in graphs.nodes(joined)] == [(), ("one_id",)]
    with pytest.raises(DecisionModelError, match="requirement_cycle"):
        graphs.changed(joined, "one_id", "one", ["two_id"])
    with pytest.raises(DecisionModelError, match="double_name"):
        graphs.changed(joined, "one_id", "two", [])
    assert [each.needs for each in graphs.nodes(graphs.changed(joined, "two_id", "two", []))] == [(), ()]


def test_decisions_come_and_go_and_one_that_is_needed_stays() -> None:
    xml = definitions(
        decision("one", literal("2")), decision("two", literal("1"), required("requiredDecision", "one_id"))
    )
    more = graphs.with_decision(graphs.with_decision(xml, "sum", "Summe", "formula"), "rate", "Satz", "table")
    kinds = {each.name: each.kind for each in graphs.nodes(more)}
    assert kinds == {"one": "formula", "two": "formula", "Summe": "formula", "Satz": "table"}
    parse_decisions(more)
    with pytest.raises(KeyError):
        graphs.without(more, "one_id")
    less = graphs.without(more, "two_id")
    assert less is not None
    assert "two_id" not in less.decode()
    last = definitions(decision("one", literal("2")))
    assert graphs.without(last, "one_id") is None


def test_a_file_gets_a_drawing_and_what_has_a_place_keeps_it() -> None:
    for path in BUNDLED:
        assert drawn(path.read_bytes()) == path.read_bytes()
    xml = definitions(
        decision("one", literal("2")), decision("two", literal("1"), required("requiredDecision", "one_id"))
    )
    shapes = etree.fromstring(drawn(graphs.changed(xml, "two_id", "two", ["one_id"])))
    held = {each.get("dmnElementRef"): each for each in shapes.iter("{*}DMNShape")}
    assert held.keys() == {"one_id", "two_id"}
    assert drawn(drawn(xml)) == drawn(xml)
    moved = PROGRAMMES.read_bytes().replace(b'x="760" y="80"', b'x="761" y="81"')
    more = graphs.with_decision(moved, "extra", "Noch eine", "formula")
    assert b'x="761" y="81"' in more
    assert b'dmnElementRef="extra"' in more
    gone = graphs.without(more, "extra")
    assert gone is not None
    assert canonical(gone) == canonical(moved)
