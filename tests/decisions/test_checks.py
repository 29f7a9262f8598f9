"""Static checks of tables: overlaps, gaps and rules never reached, in words; and that they agree with evaluation."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decisions.models import decision, definitions, literal, required, table
from workflows.decisions import DecisionError, parse_decisions
from workflows.decisions.checks import check_model
from workflows.decisions.messages import explain_finding
from workflows.decisions.shape import STOPPING


def model(rules, policy="UNIQUE", inputs=("topic",), **options):
    return parse_decisions(definitions(decision("level", table(inputs, ["x"], rules, policy, **options))))


def words(rules, policy="UNIQUE", inputs=("topic",), language="de", **options):
    return [explain_finding(finding, language) for finding in check_model(model(rules, policy, inputs, **options))]


def test_an_overlap_is_said_in_words():
    rules = [['"funding"', "1"], ['"rooms"', "2"], ['"advice"', "3"], ["-", "4"]]
    assert words(rules)[1] == "Regeln 2 und 4 treffen beide auf topic = rooms zu"
    assert words(rules, language="en")[1] == "Rules 2 and 4 both match topic = rooms"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([["< 5", "1"], [">= 5", "2"]], []),
        ([["< 5", "1"], ["> 5", "2"]], ["Keine Regel trifft auf n = 5 zu"]),
        ([["<= 5", "1"], [">= 5", "2"]], ["Regeln 1 und 2 treffen beide auf n = 5 zu"]),
        ([["[1..5]", "1"], ["> 7", "2"], ["< 1", "3"]], ["Keine Regel trifft auf n zwischen 5 und 7 zu"]),
        ([["true", "1"]], ["Keine Regel trifft auf n = false zu"]),
        ([['"a"', "1"]], ["Keine Regel trifft auf n = ein anderer Wert zu"]),
        ([['not("a")', "1"], ['"a"', "2"]], []),
        ([['@"2024-01-01"', "1"], ['not(@"2024-01-01")', "2"]], []),
    ],
)
def test_one_column(rules, expected):
    assert words(rules, inputs=("n",)) == expected


def test_two_columns_are_combined():
    rules = [['"a"', "< 5", "1"], ['"a"', ">= 5", "2"], ['not("a")', "< 5", "3"]]
    assert words(rules, inputs=("t", "n")) == ["Keine Regel trifft auf t = ein anderer Wert, n = 5 zu"]


def test_policies_decide_what_is_wrong():
    rules = [['"a"', "1"], ['"a"', "2"], ["-", "3"]]
    assert words(rules, "COLLECT") == []
    assert words(rules, "FIRST") == ["Regel 2 wird nie erreicht, weil frühere Regeln alle ihre Fälle abdecken"]
    assert len(words(rules, "ANY")) == 3
    assert words([['"a"', "1"], ["-", "1"]], "ANY") == []
    assert words([['"a"', "1"]], default="0") == []
    assert words([['"a"', "1.0"], ["-", "1"]], "ANY") == []
    assert len(words([['"a"', '"1"'], ["-", "1"]], "ANY")) == 1


def test_a_table_of_many_wide_rules_with_the_same_results_is_checked_at_once():
    """Comparing the results of every two rules anew took twenty seconds; the run's timeout is the proof."""
    inputs = [f"n{number}" for number in range(10)]
    rules = [["> 1"] * 10 + ['{"a": 1, "b": [1, 2, 3, 4, 5]}']] * 399
    assert {found.code for found in check_model(model(rules, "ANY", inputs))} == {"gap"}
    differing = check_model(model([*rules, ["> 2"] * 10 + ["2"]], "ANY", inputs))
    assert [found.rules for found in differing if found.code == "conflict"] == [(n, 400) for n in range(1, 21)]


def test_rules_that_overlap_as_soon_as_data_allows_it_are_said_to():
    opaque = 'some x in ? satisfies x = "a"'
    rules = [['"advice"', "-", "1"], ['"advice"', opaque, "2"], ['"rooms"', opaque, "3"]]
    said = words(rules, inputs=("choice", "topics"))
    assert [each for each in said if "können beide" in each] == [
        "Regeln 1 und 2 können beide auf choice = advice zutreffen: Eine fragt nicht nach „topics“, und was die andere "
        "dort verlangt, kann dazukommen"
    ]
    assert "Rules 1 and 2 may both match" in "".join(words(rules, inputs=("choice", "topics"), language="en"))
    assert not [each for each in words(rules, "COLLECT", ("choice", "topics")) if "können" in each]


def test_a_result_nobody_wrote_is_named_for_every_hit_policy():
    rules = [['"a"', ""], ['"b"', "null"]]
    for policy in ("COLLECT", "FIRST"):
        assert words(rules, policy)[0] == (
            "Regel 1 der Tabelle „level“ hat bei „x“ kein Ergebnis. Tragen Sie eines ein; soll es leer bleiben, "
            "schreiben Sie null"
        )


def test_a_table_of_very_many_rules_is_said_to_be_too_large_at_once():
    """Two thousand rules took forty seconds; the run's timeout is the proof."""
    (told,) = words([[str(number), "1"] for number in range(4_000)])
    assert told == "Die Tabelle „level“ hat zu viele Regeln oder Möglichkeiten, um Lücken vorab zu finden"


def test_rules_that_depend_on_other_data_are_named():
    assert words([["< limit", "1"], [">= 5", "2"]], inputs=("n",)) == [
        "Regel 1 lässt sich nicht vorab prüfen, weil sie von anderen Angaben abhängt"
    ]


def test_broken_expressions_are_findings():
    (finding,) = check_model(parse_decisions(definitions(decision("level", literal("1 +")))))
    assert explain_finding(finding, "de") == "Der Ausdruck „1 +“ in „level“ ist nicht gültig"


@pytest.mark.parametrize(
    ("rules", "policy", "options", "said"),
    [
        ([["-", "1"]], "UNIK", {}, "Die Trefferregel „UNIK“ der Tabelle „level“ gibt es nicht"),
        (
            [["-", "1"]],
            "COLLECT",
            {"aggregation": "AVG"},
            "Die Zusammenfassung „AVG“ der Tabelle „level“ gibt es nicht",
        ),
        ([["-"]], "UNIQUE", {}, "Regel 1 hat 0 Ergebnisse, die Tabelle „level“ aber 1 Ausgaben"),
        ([[]], "COLLECT", {}, "Regel 1 hat 0 Bedingungen, die Tabelle „level“ aber 1 Eingaben"),
        ([["-", "1"]], "PRIORITY", {}, "Die Tabelle „level“ ordnet nach der Rangfolge der Ergebnisse (PRIORITY)"),
        ([["-", "1"]], "OUTPUT ORDER", {}, "Die Tabelle „level“ ordnet nach der Rangfolge der Ergebnisse (OUTPUT"),
        ([["-", "7"]], "UNIQUE", {"order": "1, 2"}, "Das Ergebnis von Regel 1 ist bei „x“ nicht erlaubt"),
        ([["-", "-1"]], "UNIQUE", {"order": ">= 0"}, "Das Ergebnis von Regel 1 ist bei „x“ nicht erlaubt"),
    ],
)
def test_what_the_standard_does_not_know_is_said_and_read_all_the_same(rules, policy, options, said):
    assert words(rules, policy, **options)[0].startswith(said)
    assert words(rules, policy, language="en", **options)[0]
    assert model(rules, policy, **options).evaluate("level", {"topic": "a"})


def cells(*rules, inputs=("topic",), **options):
    return [(finding.code, finding.rules) for finding in check_model(model(list(rules), "COLLECT", inputs, **options))]


def test_functions_that_do_not_exist_are_named_at_their_rule():
    assert cells(["-", "1"], ["-", "lower(topic)"]) == [("unknown_call", (2,))]
    assert cells(["begins(?)", "1"], ["-", "some x in [1] satisfies x = 1"]) == [("unknown_call", (1,))]
    assert cells(["-", "1"], inputs=("upper(topic)",)) == [("unknown_call_in_input", ())]
    assert cells(["-", "topic[lower(item)]"]) == [("unknown_call", (1,))]
    assert cells(['matches(?, "a")', "upper case(topic)"], ["-", "(function(f) f(1))(topic)"]) == []
    (finding,) = check_model(model([["-", "lower(topic)"]], "COLLECT"))
    assert explain_finding(finding, "en").startswith('Rule 1 of the table "level" calls the function "lower"')


def test_functions_of_the_office_and_knowledge_models_are_known():
    rules = [["-", "working days(topic, 3)"]]
    xml = definitions(decision("level", table(["topic"], ["x"], rules, "COLLECT")))
    assert check_model(parse_decisions(xml, functions=["working days"])) == []
    knowledge = (
        '<businessKnowledgeModel id="double" name="double"><encapsulatedLogic><formalParameter name="n"/>'
        f"{literal('n * 2')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    calling = table(["topic"], ["x"], [["-", "double(topic)"]], "COLLECT")
    xml = definitions(knowledge, decision("level", calling, required("requiredKnowledge", "double")))
    assert check_model(parse_decisions(xml)) == []


@pytest.mark.parametrize(
    "boxed",
    [
        literal("lower(topic)"),
        f"<context><contextEntry><variable name='a'/>{literal('lower(topic)')}</contextEntry></context>",
        f"<list>{literal('1')}{literal('lower(topic)')}</list>",
        f"<relation><column name='a'/><row>{literal('lower(topic)')}</row></relation>",
        f"<invocation>{literal('lower')}<binding><parameter name='x'/>{literal('topic')}</binding></invocation>",
        f"<conditional><if>{literal('true')}</if><then>{literal('1')}</then><else>{literal('lower(topic)')}</else>"
        "</conditional>",
        f"<filter><in>{literal('topic')}</in><match>{literal('lower(item)')}</match></filter>",
        f"<for iteratorVariable='i'><in>{literal('topic')}</in><return>{literal('lower(i)')}</return></for>",
        table(["topic"], ["x"], [['"a"', "1"]], default="lower(topic)"),
    ],
    ids=["literal", "context", "list", "relation", "invocation", "conditional", "filter", "for", "default"],
)
def test_functions_that_do_not_exist_are_named_wherever_they_stand(boxed):
    found = check_model(parse_decisions(definitions(decision("level", boxed))))
    said = [explain_finding(finding, "de") for finding in found if finding.code == "unknown_call_in_expression"]
    assert said == [
        "„level“ ruft die Funktion „lower“ auf, die es nicht gibt. Berichtigen Sie ihren Namen, oder verbinden Sie das "
        "Wissensmodell, das so heißt"
    ]
    assert "unknown_call_in_expression" in STOPPING


def test_a_knowledge_model_is_examined_too_and_may_call_itself_its_inputs_and_its_own_functions():
    def model_of(body):
        logic = f"<encapsulatedLogic><formalParameter name='n'/>{literal(body)}</encapsulatedLogic>"
        return parse_decisions(
            definitions(
                f"<businessKnowledgeModel id='k' name='k'>{logic}</businessKnowledgeModel>", decision("d", literal("1"))
            )
        )

    assert [found.code for found in check_model(model_of("lower(n)"))] == ["unknown_call_in_expression"]
    assert check_model(model_of("if n < 1 then 0 else k(n - 1)")) == []
    assert check_model(model_of("{twice: function(x) 2 * x, r: twice(n)}.r + n(1)")) == []


def test_a_default_outside_its_allowed_values_is_named_and_warned_about():
    made = model([['"a"', '"a"']], order='"a", "b"', default='"c"')
    (finding,) = (found for found in check_model(made) if found.code == "default_not_allowed")
    assert explain_finding(finding, "de").startswith("Das Ergebnis, das die Tabelle „level“ gibt, wenn keine Regel")
    assert explain_finding(finding, "en").startswith('What the table "level" gives when no rule matches')
    assert [warning.code for warning in made.evaluate("level", {"topic": "x"}).warnings] == ["value_not_allowed"]
    assert check_model(model([['"a"', '"a"']], order='"a", "b"', default='"b"')) == []


def test_constant_cells_are_tried():
    endless = "count(for i in 1..100000, j in 1..100000 return 1)"
    assert cells(["-", "1"], ["-", endless]) == [("too_costly", (2,))]
    assert cells([f"< {endless}", "1"], ["-", "2"]) == [("too_costly", (1,))]
    assert cells(["-", "1 / 0"], ['< date("31.02.2026")', "1"]) == [("without_value", (1,)), ("without_value", (2,))]
    assert cells(["-", 'date("2026-02-28")'], ["-", "null"], ["-", "topic / 0"]) == []


def test_a_row_with_too_many_cells_is_named():
    cells = "<inputEntry><text>-</text></inputEntry>" * 2 + "<outputEntry><text>1</text></outputEntry>" * 2
    xml = definitions(
        decision(
            "level", table(["topic"], ["x"], []).replace("</decisionTable>", f"<rule>{cells}</rule></decisionTable>")
        )
    )
    assert [found.code for found in check_model(parse_decisions(xml))] == ["wrong_inputs", "wrong_outputs"]


@pytest.mark.parametrize(
    ("policy", "options"),
    [("PRIORITY", {"order": "1, 2"}), ("UNIQUE", {"order": ">= 0"}), ("COLLECT", {"aggregation": "SUM"})],
)
def test_what_the_standard_knows_is_no_finding(policy, options):
    assert words([["-", "1"]], policy, **options) == []


def test_a_result_outside_its_allowed_values_is_warned_about():
    result = model([["-", "topic"]], order='"a", "b"').evaluate("level", {"topic": "c"})
    assert (result.value, [warning.code for warning in result.warnings]) == ("c", ["value_not_allowed"])
    assert not model([["-", "topic"]], order='"a", "b"').evaluate("level", {"topic": "a"}).warnings
    assert not model([["-", "[topic]"]], order='"a", "b"').evaluate("level", {"topic": "a"}).warnings


entries = st.sampled_from(["-", "< 3", "<= 3", "> 3", ">= 3", "3", "[1..5]", "(1..5)", "7", "not(3)", "< 1, > 6"])


@settings(deadline=None)
@given(st.lists(st.tuples(entries, entries), min_size=1, max_size=5))
def test_findings_agree_with_evaluation(tests):
    made = model([[*pair, str(number)] for number, pair in enumerate(tests)], inputs=("a", "b"))
    codes = {finding.code for finding in check_model(made)}
    values = [Decimal(number) / 2 for number in range(-2, 18)]
    found = {outcome(made, a, b) for a in values for b in values}
    assert codes == found - {"fine"}


def outcome(made, a, b):
    try:
        return "gap" if made.evaluate("level", {"a": a, "b": b}).value is None else "fine"
    except DecisionError:
        return "overlap"
