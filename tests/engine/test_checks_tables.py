"""Words without quotation marks, names nobody sets and texts nobody can choose in the cells of decision tables."""

from dataclasses import replace

import pytest

from tests.decisions.models import decision, definitions, literal, required, table
from tests.engine.checking import CATALOGUE
from tests.engine.diagrams import bundle, extended, flows, form, node, user_task
from tests.engine.test_fuzz import LONGEST, at_most
from workflows.engine.bundle import Bundle
from workflows.engine.checks import check, finding_text
from workflows.engine.checks.mending import is_mendable, mend
from workflows.engine.findings import Finding

KNOWN = replace(CATALOGUE, variables={"sample": frozenset({"reference"})})
RULE = node("businessRuleTask", "step", extended('<zeebe:calledDecision decisionId="way_id" resultVariable="way"/>'))
CHOOSE = {"type": "radio", "key": "choice", "values": [{"value": "advice"}, {"value": "rooms"}]}
TOPICS = {"type": "taglist", "key": "topics", "properties": {"codeList": "topic"}}
AFTER = {"other.form": form("other", {"type": "textfield", "key": "answer"})}


def deciding(xml: bytes) -> Bundle:
    """A process that asks, decides and asks again."""
    steps = user_task("ask") + RULE + user_task("again", form="other")
    inside = node("startEvent", "begin") + steps + node("endEvent", "done")
    files = {"way.dmn": xml, "answer.form": form("answer", CHOOSE, TOPICS), **AFTER}
    return bundle(files, inside + flows("begin>ask", "ask>step", "step>again", "again>done"))


def way(*rules: list[str], policy: str = "COLLECT", inputs: tuple[str, ...] = ("choice", "topics")) -> bytes:
    return definitions(decision("way", table(inputs, ["x"], rules, policy)))


def found(whole: Bundle) -> list[Finding]:
    told = [each for each in check(whole, KNOWN) if each.code not in {"table_gap", "table_not_checked"}]
    assert all(finding_text(each, language) for each in told for language in ("de", "en"))
    return told


def codes(*rules: list[str], policy: str = "COLLECT", inputs: tuple[str, ...] = ("choice", "topics")) -> set[str]:
    return {f"{each.severity} {each.code}" for each in found(deciding(way(*rules, policy=policy, inputs=inputs)))}


@pytest.mark.parametrize("policy", ["COLLECT", "FIRST", "UNIQUE", "RULE ORDER"])
def test_a_word_without_quotation_marks_is_told_and_mended(policy: str) -> None:
    whole = deciding(way(['"rooms", advice', "-", '"refer"'], ['"other advice"', "-", '"a"'], policy=policy))
    (finding,) = [each for each in found(whole) if each.code == "table_text_without_quotes"]
    assert (finding.severity, finding.file, finding.facts["rules"]) == ("error", "way.dmn", (1,))
    assert 'Meinten Sie "advice"? Setzen Sie das Wort in Anführungszeichen.' in finding_text(finding)
    changed = mend(whole, KNOWN, finding)
    assert changed is not None
    assert b'<text>"rooms", "advice"</text>' in changed["way.dmn"]
    after = Bundle("sample", {**whole.files, **changed})
    assert "table_text_without_quotes" not in {each.code for each in found(after)}


def test_a_result_without_quotation_marks_is_told_even_if_a_later_step_sets_such_a_name() -> None:
    assert codes(['"rooms"', "-", "answer"]) == {"error table_text_without_quotes"}
    assert codes(['"rooms"', "-", "choice"]) == set()
    assert codes(['"rooms"', "-", "[refer]"]) == {"error table_text_without_quotes"}


def test_names_that_nobody_sets_are_told_in_cells_and_inputs() -> None:
    assert codes(["-", "count(?) > most", '"refer"']) == {"error table_unknown_in_cell"}
    assert codes(["-", "-", '"refer"'], inputs=("choise", "topics")) == {"error table_unknown_input"}
    assert codes(["-", "some t in ? satisfies t = choice", '"refer"']) == set()
    other = decision("first", table(["choice"], ["y"], [["-", "1"]], "FIRST"))
    asked = table(["first", "choice"], ["x"], [["> 1", "-", "first"]], "COLLECT")
    assert found(deciding(definitions(other, decision("way", asked, required("requiredDecision", "first_id"))))) == []


def entry(name: str, inside: str) -> str:
    return f'<contextEntry><variable name="{name}"/>{inside}</contextEntry>'


def invoked(argument: str) -> str:
    body = f'<encapsulatedLogic><formalParameter name="n"/>{literal("n + 1")}</encapsulatedLogic>'
    model = f'<businessKnowledgeModel id="add_id" name="add"><variable name="add"/>{body}</businessKnowledgeModel>'
    bound = f'<binding><parameter name="n"/>{literal(argument)}</binding>'
    needs = required("requiredKnowledge", "add_id")
    return model + decision("way", f"<invocation>{literal('add')}{bound}</invocation>", needs)


DATA = '<inputData id="data" name="{0}"><variable name="{0}"/></inputData>'


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (decision("way", literal("choise")), ["choise"]),
        (decision("way", literal('if choice = "advice" then 1 else most')), ["most"]),
        (decision("way", f"<context>{entry('a', literal('choise'))}{entry('b', literal('a'))}</context>"), ["choise"]),
        (invoked("count(topic)"), ["topic"]),
        (decision("way", f"<list>{literal('choice')}{literal('rooms')}</list>"), ["rooms"]),
        (decision("first", literal("1")) + decision("way", literal("first + 1")), ["first"]),
        (
            DATA.format("choise") + decision("way", literal("choise"), required("requiredInput", "data")),
            ["choise"],
        ),
        (decision("way", literal('choice = "advice"')), []),
        (
            decision("way", f"<context>{entry('a', literal('topics'))}{entry('b', literal('a[item != 1]'))}</context>"),
            [],
        ),
        (invoked("count(topics)"), []),
        (decision("way", literal("for t in topics return function(x) x = t")), []),
        (
            decision("first", literal("1"))
            + decision("way", literal("first + 1"), required("requiredDecision", "first_id")),
            [],
        ),
        (DATA.format("choice") + decision("way", literal("choice"), required("requiredInput", "data")), []),
    ],
)
def test_names_that_nobody_sets_are_told_in_formulas_of_every_shape(body: str, names: list[str]) -> None:
    told = found(deciding(definitions(body)))
    assert [(each.severity, each.code, each.facts["problem"].facts["name"]) for each in told] == [
        ("error", "table_unknown_in_formula", name) for name in names
    ]


def test_input_data_drawn_in_the_graph_supplies_nothing_by_itself() -> None:
    asked = decision("way", table(["choise"], ["x"], [['"a"', "1"]], "COLLECT"), required("requiredInput", "data"))
    (told,) = found(deciding(definitions(DATA.format("choise"), asked)))
    assert (told.severity, told.code) == ("error", "table_unknown_input")


SERVICE = (
    '<decisionService id="way_id" name="way_service"><variable name="way_service"/><outputDecision href="#inner_id"/>'
    '<inputData href="#data"/></decisionService>'
)


@pytest.mark.parametrize(
    ("given", "read", "told"),
    [
        ("choice", "choice", []),
        ("choice", "choise", [("inner", "choise", "way_service")]),
        ("choice", "topics", [("inner", "topics", "way_service")]),
        ("choise", "choise", [("way_service", "choise", "")]),
        ("choice", 'working days(date("2026-03-02"), 3)', []),
    ],
)
def test_a_service_knows_its_inputs_only_and_the_step_must_know_them(
    given: str, read: str, told: list[tuple[str, str, str]]
) -> None:
    inner = decision("inner", literal(read), required("requiredInput", "data"))
    facts = [each.facts["problem"].facts for each in found(deciding(definitions(DATA.format(given), inner, SERVICE)))]
    assert [(each["decision"], each["name"], each["lacking"]) for each in facts] == told


def test_each_step_that_decides_must_know_the_names() -> None:
    """It was enough that one of them did, and the other decided with nothing."""
    early = RULE.replace('id="step"', 'id="early" name="Vorab"')
    steps = early + user_task("ask") + RULE
    inside = node("startEvent", "begin") + steps + node("endEvent", "done")
    files = {"way.dmn": way(['"advice"', "-", "1"]), "answer.form": form("answer", CHOOSE, TOPICS)}
    told = found(bundle(files, inside + flows("begin>early", "early>ask", "ask>step", "step>done")))
    assert {(each.code, each.facts["problem"].facts["name"]) for each in told} == {
        ("table_unknown_input", "choice"),
        ("table_unknown_input", "topics"),
    }
    assert "Es fehlt bei: Vorab." in finding_text(told[0])
    assert "It is missing at: Vorab." in finding_text(told[0], "en")


def test_a_file_of_many_decisions_and_many_steps_is_checked_within_seconds() -> None:
    """For each step every decision was once sought among all the others."""
    many = [decision(f"d{number}", literal("choice")) for number in range(2_000)]
    needs = "".join(required("requiredDecision", f"d{number}_id") for number in range(2_000))
    xml = definitions(*many, decision("way", literal("d1"), needs))
    steps = "".join(RULE.replace('id="step"', f'id="s{number}"') for number in range(200))
    names = ["begin", "ask", *(f"s{number}" for number in range(200)), "done"]
    inside = node("startEvent", "begin") + user_task("ask") + steps + node("endEvent", "done")
    ways = flows(*(f"{one}>{other}" for one, other in zip(names, names[1:], strict=False)))
    with at_most(LONGEST):
        assert found(bundle({"way.dmn": xml, "answer.form": form("answer", CHOOSE, TOPICS)}, inside + ways)) == []


def test_whoever_may_start_it_with_anything_gets_a_hint() -> None:
    told = check(deciding(way(["advice", "-", "1"])), CATALOGUE)
    assert [(each.severity, each.code) for each in told] == [("warning", "table_text_without_quotes")]


@pytest.mark.parametrize(
    ("rule", "near"),
    [
        (['"advise"', "-"], "advice"),
        (['not("advise")', "-"], "advice"),
        (["-", 'list contains(?, "roms")'], "rooms"),
        (["-", 'some t in ? satisfies list contains(["school", "roms"], t)'], "rooms"),
        (["-", 'list contains(?, "bloedsinn")'], ""),
    ],
)
def test_a_text_nobody_can_choose_is_told_with_the_choice_that_may_be_meant(rule: list[str], near: str) -> None:
    whole = deciding(way([*rule, "1"]))
    (finding,) = found(whole)
    assert (finding.severity, finding.code, finding.facts["problem"].facts["near"]) == (
        "warning",
        "table_never_given",
        near,
    )
    assert is_mendable(whole, KNOWN, finding) is bool(near)
    assert ("Meinten Sie" in finding_text(finding)) is bool(near)


def test_texts_an_input_only_looks_into_or_that_others_may_set_are_left_alone() -> None:
    assert codes(['starts with(?, "adv")', "-", "1"], ['"advice"', 'list contains(?, "school")', "1"]) == set()
    assert codes(['"anything"', "1"], inputs=("reference",)) == set()
