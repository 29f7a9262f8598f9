"""What the check finds where a step fills a text: placeholders nobody gives a value for, links nobody makes."""

from dataclasses import replace
from typing import Any

import pytest

from tests.engine.checking import CATALOGUE, MAIL
from tests.engine.diagrams import bundle, extended, flows, form, node, user_task
from workflows.engine.catalogue import Operator
from workflows.engine.checks import check, finding_text
from workflows.engine.findings import Finding

HOUSE = replace(
    CATALOGUE,
    operators={
        "mail.send": MAIL,
        "letter.write": Operator(
            "letter.write", "Brief", tuple(p for p in MAIL.parameters if p.name != "link"), MAIL.run
        ),
    },
    placeholders={"sample": frozenset({"case.reference", "case.contact_name"})},
)


def found(words: str, operator: str = "mail.send", **inputs: str) -> list[Finding]:
    """What is said about a step ``it`` that sends the text after somebody filled the form with ``answer``."""
    given = {"to": "contact", "text": "hello", **inputs}
    mapping = "".join(f'<zeebe:input source="{value}" target="{name}"/>' for name, value in given.items())
    step = f'<zeebe:taskDefinition type="{operator}"/><zeebe:ioMapping>{mapping}</zeebe:ioMapping>'
    inside = node("startEvent", "begin") + user_task("ask") + node("serviceTask", "it", extended(step), name="Senden")
    drawn = inside + node("endEvent", "done") + flows("begin>ask", "ask>it", "it>done")
    files = {
        "answer.form": form("answer", {"type": "textfield", "key": "answer", "label": "Antwort"}),
        "texts/hello.de.txt": f"Betreff: Guten Tag\n\n{words}".encode(),
    }
    return check(bundle(files, drawn), HOUSE)


def codes(*args: str, **inputs: str) -> list[tuple[str, str, Any]]:
    return [(each.code, each.element, each.facts.get("placeholder")) for each in found(*args, **inputs)]


def test_what_every_text_may_name_and_what_the_step_gives_is_fine() -> None:
    assert codes("{{case.reference}} {{case.contact_name}}") == []
    assert codes("{{said}} {{who.name}}", values="={said: answer, who: {name: answer}}") == []
    assert codes("{{said}}", **{"values.said": "=answer"}) == []


def test_a_placeholder_nobody_gives_is_an_error_at_the_step() -> None:
    assert codes("{{nonsense}}") == [("unknown_placeholder", "it", "nonsense")]
    assert codes("{{case.answer}}", values="={said: answer}") == [("unknown_placeholder", "it", "case.answer")]
    (mistyped,) = found("{{case.referense}}")
    assert mistyped.facts["similar"] == "case.reference"
    assert mistyped.severity == "error"
    assert "Meinten Sie „case.reference“?" in finding_text(mistyped)


def test_what_the_process_knows_and_the_step_does_not_give_is_told_with_the_way_out() -> None:
    (known,) = found("{{answer}}")
    assert (known.code, known.element, known.facts["name"]) == ("placeholder_not_given", "it", "Senden")
    assert "Ergänzen Sie unter „Weitere Angaben“ {answer: answer}." in finding_text(known)
    assert "{{answer}}" in finding_text(known, "en")


def test_a_text_chosen_by_an_expression_is_looked_at_too() -> None:
    chosen = "=if answer = &quot;x&quot; then &quot;hello&quot; else &quot;hello&quot;"
    assert codes("{{nonsense}}", text=chosen) == [("unknown_placeholder", "it", "nonsense")]


@pytest.mark.parametrize("values", ["=answer", "=if answer = null then {a: 1} else {b: 2}"])
def test_values_only_the_case_knows_are_not_judged(values: str) -> None:
    assert codes("{{nonsense}}", values=values) == []


def test_a_house_that_does_not_say_what_texts_may_name_judges_nothing() -> None:
    unknown = replace(HOUSE, placeholders={"other": frozenset({"case.reference"})})
    assert unknown.placeholders_of("sample") is None
    assert replace(HOUSE, placeholders={"": frozenset("x")}).placeholders_of("sample") == {"x"}


def test_a_link_in_a_text_needs_a_step_that_makes_one() -> None:
    assert codes("[[link]]") == [("link_not_given", "it", None)]
    assert codes("[[link]]", link="none") == [("link_not_given", "it", None)]
    assert codes("[[link]]", link="case_status") == []
    assert codes("[[link]]", "letter.write") == [("link_impossible", "it", None)]
