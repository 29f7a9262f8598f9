"""Decision tables: hit policies, defaults, types, explanations."""

from decimal import Decimal

import pytest

from tests.decisions.models import decision, definitions, table
from workflows.decisions import DecisionError, MatchedRule, parse_decisions
from workflows.decisions.sheets import sheets

RULES = [
    ['"rooms"', "<= 500", '"low"', "small rooms"],
    ['"rooms", "funding"', "-", '"high"'],
    ["-", "> 100", '"middle"'],
]


def model(*arguments, **options):
    return parse_decisions(definitions(decision("level", table(*arguments, **options))))


def outcome(policy, topic, amount, **options):
    found = model(["topic", "amount"], ["level"], RULES, policy, **options)
    return found.evaluate("level", {"topic": topic, "amount": amount})


@pytest.mark.parametrize(
    ("policy", "options", "expected"),
    [
        ("FIRST", {}, "low"),
        ("RULE ORDER", {}, ["low", "high", "middle"]),
        ("PRIORITY", {"order": '"high", "middle", "low"'}, "high"),
        ("OUTPUT ORDER", {"order": '"high", "middle", "low"'}, ["high", "middle", "low"]),
        ("COLLECT", {}, ["low", "high", "middle"]),
        ("COLLECT", {"aggregation": "COUNT"}, Decimal(3)),
        ("COLLECT", {"aggregation": "MIN"}, "high"),
        ("COLLECT", {"aggregation": "MAX"}, "middle"),
    ],
)
def test_every_hit_policy_makes_its_own_of_three_matches(policy, options, expected):
    assert outcome(policy, "rooms", 200, **options).value == expected


def test_sums_are_collected():
    rules = [["> 1", "10"], ["> 2", "20.5"], ["> 9", "5"]]
    found = model(["n"], ["points"], rules, "COLLECT", aggregation="SUM")
    assert found.evaluate("level", {"n": 5}).value == Decimal("30.5")


def test_a_unique_table_refuses_two_matches_and_names_both_rules():
    with pytest.raises(DecisionError) as raised:
        outcome("UNIQUE", "funding", 200)
    assert raised.value.code == "several_rules_match"
    assert raised.value.facts["rules"] == "2, 3"
    assert raised.value.facts["decision"] == "level"


def test_an_any_table_refuses_different_results_only():
    assert outcome("ANY", "other", 200).value == "middle"
    with pytest.raises(DecisionError) as raised:
        outcome("ANY", "funding", 200)
    assert raised.value.code == "rules_disagree"


@pytest.mark.parametrize(
    ("policy", "options", "expected"),
    [
        ("UNIQUE", {}, None),
        ("UNIQUE", {"default": '"none"'}, "none"),
        ("COLLECT", {}, []),
        ("COLLECT", {"aggregation": "COUNT"}, Decimal(0)),
        ("COLLECT", {"aggregation": "MAX"}, None),
    ],
)
def test_without_a_match_the_default_counts(policy, options, expected):
    assert outcome(policy, "other", 1, **options).value == expected


def test_several_outputs_make_a_context():
    found = model(["n"], ["who", "days"], [["< 5", '"office"', "7"], [">= 5", '"board"', "n * 2"]])
    assert found.evaluate("level", {"n": 8}).value == {"who": "board", "days": Decimal(16)}


def test_the_explanation_names_inputs_rules_and_output():
    (explanation,) = outcome("FIRST", "rooms", 200).explanation
    assert explanation.decision == explanation.title == "level"
    assert explanation.inputs == (("topic", "rooms"), ("amount", Decimal(200)))
    assert explanation.rules == (MatchedRule(1, "rule_1", "small rooms"),)
    assert explanation.output == "low"


def test_people_read_the_label_of_a_decision_where_its_name_must_be_one_of_the_language():
    xml = definitions(decision("level", table(["topic", "amount"], ["level"], RULES, "FIRST")))
    labelled = xml.replace(b'name="level"', b'name="level" label="Wie dringend?"', 1)
    (explanation,) = parse_decisions(labelled).evaluate("level", {"topic": "rooms", "amount": 1}).explanation
    assert (explanation.decision, explanation.title) == ("level", "Wie dringend?")
    assert [sheet.title for sheet in sheets(labelled)] == ["Wie dringend?"]


def test_an_input_may_be_any_expression():
    found = model(["amount / months"], ["ok"], [["< 100", "true"], [">= 100", "false"]])
    assert found.evaluate("level", {"amount": 1200, "months": 24}).value is True


def test_an_unknown_input_is_a_warning():
    result = outcome("FIRST", None, 50)
    assert result.value is None
    found = model(["topik"], ["x"], [['"a"', "1"]]).evaluate("level", {"topic": "a"})
    assert [warning.code for warning in found.warnings] == ["unknown_name"]


@pytest.mark.parametrize(
    ("value", "cells", "warned"),
    [
        ("5", ["> 1", "[2..9]"], {"not_comparable", "fits_no_cell"}),
        ("5", ["5", "6, 7"], {"fits_no_cell"}),
        (5, ['"5"', 'not("6")'], {"fits_no_cell"}),
        # One cell it can be compared with is enough, and nothing is no value of the wrong kind.
        (5, ['"unknown"', "[1..3]"], set()),
        (5, ['"5"', "-"], set()),
        (None, ["5", '"5"'], set()),
    ],
)
def test_a_value_no_cell_of_its_column_can_be_compared_with_is_warned_of(value, cells, warned):
    found = model(["x"], ["ok"], [[cell, "true"] for cell in cells], "COLLECT").evaluate("level", {"x": value})
    assert {warning.code for warning in found.warnings} == warned
