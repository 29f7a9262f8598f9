"""Decision models: requirements, boxed expressions, services, and files that are refused."""

from decimal import Decimal

import pytest

from tests.decisions.models import NAMESPACE, decision, definitions, literal, required, table
from workflows.decisions import DecisionModelError, parse_decisions
from workflows.decisions.messages import explain_error

AMOUNT = '<inputData id="amount_id" name="amount"><variable name="amount" typeRef="number"/></inputData>'
NEEDS_AMOUNT = required("requiredInput", "amount_id")


def test_decisions_build_on_each_other():
    model = parse_decisions(
        definitions(
            AMOUNT,
            decision("share", literal("amount * 0.8"), NEEDS_AMOUNT),
            decision("rest", literal("amount - share"), NEEDS_AMOUNT + required("requiredDecision", "share_id")),
        )
    )
    assert model.evaluate("rest", {"amount": 100}).value == Decimal("20.0")
    assert model.evaluate("rest_id", {"amount": 100}).value == Decimal("20.0")
    assert model.decisions["rest"].inputs == {"amount"}
    assert list(model.decisions) == ["share_id", "rest_id"]


def test_inputs_are_found_without_drawn_requirements():
    model = parse_decisions(definitions(decision("level", table(["topic"], ["x"], [['"a"', "limit + 1"]]))))
    assert model.decisions["level"].inputs == {"topic", "limit"}
    assert model.evaluate("level", {"topic": "a", "limit": 1}).value == Decimal(2)


def test_knowledge_models_are_functions():
    knowledge = (
        '<businessKnowledgeModel id="tax_id" name="tax"><encapsulatedLogic>'
        f'<formalParameter name="net" typeRef="number"/>{literal("net * 0.19")}'
        "</encapsulatedLogic></businessKnowledgeModel>"
    )
    invocation = f"<invocation>{literal('tax')}<binding><parameter name='net'/>{literal('200')}</binding></invocation>"
    needs = required("requiredKnowledge", "tax_id")
    model = parse_decisions(
        definitions(knowledge, decision("called", literal("tax(100)"), needs), decision("boxed", invocation, needs))
    )
    assert model.evaluate("called", {}).value == Decimal(19)
    assert model.evaluate("boxed", {}).value == Decimal(38)
    assert model.evaluate("called", {}).warnings == ()


def test_boxed_contexts_lists_and_relations():
    context = (
        f"<context><contextEntry><variable name='net'/>{literal('100')}</contextEntry>"
        f"<contextEntry><variable name='gross'/>{literal('net * 2')}</contextEntry></context>"
    )
    rows = "".join(f"<row>{literal(name)}{literal(size)}</row>" for name, size in (('"A"', "1"), ('"B"', "2")))
    relation = f"<relation><column name='name'/><column name='size'/>{rows}</relation>"
    model = parse_decisions(
        definitions(
            decision("prices", context),
            decision("rooms", relation),
            decision("both", f"<list>{literal('1')}{literal('2')}</list>"),
            decision(
                "loop", f"<for iteratorVariable='x'><in>{literal('1..3')}</in><return>{literal('x*x')}</return></for>"
            ),
        )
    )
    assert model.evaluate("prices", {}).value == {"net": Decimal(100), "gross": Decimal(200)}
    assert model.evaluate("rooms", {}).value[1] == {"name": "B", "size": Decimal(2)}
    assert model.evaluate("both", {}).value == [Decimal(1), Decimal(2)]


def test_services_take_what_is_given_to_them():
    service = (
        '<decisionService id="service_id" name="service"><outputDecision href="#rest_id"/>'
        '<inputDecision href="#share_id"/><inputData href="#amount_id"/></decisionService>'
    )
    model = parse_decisions(
        definitions(
            AMOUNT,
            service,
            decision("share", literal("amount * 0.8"), NEEDS_AMOUNT),
            decision("rest", literal("amount - share"), NEEDS_AMOUNT + required("requiredDecision", "share_id")),
            decision("use", literal("service(10, 3)"), required("requiredKnowledge", "service_id")),
        )
    )
    assert model.evaluate("use", {}).value == Decimal(7)
    assert model.evaluate("service", {"amount": 5, "share": 1}).value == Decimal(4)


def test_a_value_of_the_wrong_type_is_null_with_a_warning():
    model = parse_decisions(definitions(AMOUNT, decision("same", literal("amount"), NEEDS_AMOUNT)))
    result = model.evaluate("same", {"amount": "much"})
    assert result.value is None
    assert [warning.code for warning in result.warnings] == ["wrong_type"]


def test_allowed_values_of_a_type_are_checked():
    types = (
        '<itemDefinition name="tTopic"><typeRef>string</typeRef><allowedValues><text>"rooms", "funding"</text>'
        "</allowedValues></itemDefinition>"
        '<inputData id="t" name="topic"><variable name="topic" typeRef="tTopic"/></inputData>'
    )
    model = parse_decisions(definitions(types, decision("same", literal("topic"), required("requiredInput", "t"))))
    assert model.evaluate("same", {"topic": "rooms"}).value == "rooms"
    assert model.evaluate("same", {"topic": "sports"}).value is None


def test_office_functions_reach_decisions():
    model = parse_decisions(definitions(decision("due", literal("working days(2) + x"))), functions=["working days"])
    assert model.decisions["due"].inputs == {"x"}
    assert model.evaluate("due", {"x": 1}, functions={"working days": lambda days: days + 1}).value == Decimal(4)


def test_a_broken_expression_is_listed_and_hurts_nobody_else():
    model = parse_decisions(definitions(decision("broken", literal("1 +")), decision("fine", literal("2"))))
    (problem,) = model.problems
    assert (problem.element, problem.source, problem.error.code) == ("broken", "1 +", "unexpected_end")
    assert model.evaluate("fine", {}).value == Decimal(2)
    assert [warning.code for warning in model.evaluate("broken", {}).warnings] == ["unexpected_end"]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        NAMESPACE,
    ],
)
def test_all_versions_of_the_standard_are_read(namespace):
    model = parse_decisions(definitions(decision("fine", literal("2")), namespace=namespace))
    assert model.evaluate("fine", {}).value == Decimal(2)


CYCLE = decision("a", literal("b"), required("requiredDecision", "b_id")) + decision(
    "b", literal("a"), required("requiredDecision", "a_id")
)
ENTITY = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions xmlns="%s">&x;</definitions>'


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "not_xml"),
        (b"no xml", "not_xml"),
        (b"\xff\xfe\x00<", "not_xml"),
        (b"<a>" * 20_000, "not_xml"),
        (b"<definitions/>", "not_dmn"),
        (ENTITY % NAMESPACE.encode(), "document_type"),
        (b" " * 6_000_000, "too_large"),
        (definitions(CYCLE), "requirement_cycle"),
        (definitions(decision("a", literal("1")), decision("a", literal("2"))), "double_id"),
        (definitions(decision("a", literal("1"), required("requiredDecision", "nowhere"))), "unknown_reference"),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_a_reason(xml, code):
    with pytest.raises(DecisionModelError) as raised:
        parse_decisions(xml)
    assert raised.value.code == code
    assert explain_error(raised.value, "de") != explain_error(raised.value, "en")


def test_a_dense_graph_of_decisions_is_read_and_decided_at_once():
    """Each way through the graph was walked for itself, 2**60 of them: the run's timeout is the proof."""
    names = [f"d{number}" for number in range(60)]
    found = parse_decisions(
        definitions(
            *(
                decision(
                    name, literal("1"), "".join(required("requiredDecision", f"{other}_id") for other in names[at:])
                )
                for at, name in enumerate(names, start=1)
            )
        )
    )
    assert found.evaluate("d0", {}).value == 1
