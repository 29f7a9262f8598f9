"""Why a step is stuck is said in words, whatever it is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from webapp.wording.errors import ERRORS
from webapp.wording.incidents import FORMULAS, INCIDENTS, incident_text
from webapp.wording.trials import deviation_text
from workflows.actions.play import Deviation
from workflows.core.clock import SystemClock
from workflows.engine.expressions import certain, feel
from workflows.engine.faults import Stuck

WORKFLOWS = Path(__file__).parents[2] / "workflows"
RAISED = re.compile(r"Stuck\(\s*\"([a-z_]+)\"")
REFUSED = re.compile(r"LotseError\(\s*\"([a-z_]+)\"")
# Worded by the error that lies inside.
WRAPPED = {"operator_refused", "decision_failed"}


def raised(folder: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for path in sorted((WORKFLOWS / folder).rglob("*.py")):
        yield from pattern.findall(path.read_text("utf-8"))


def test_whatever_can_stop_a_step_has_words() -> None:
    stuck = set(raised("engine", RAISED)) - WRAPPED
    assert len(stuck) > 20
    assert stuck - {*INCIDENTS, *FORMULAS} == set()
    assert {*raised("operators", REFUSED), *raised("domain", REFUSED)} - {*INCIDENTS, *ERRORS} == set()


def told(code: str, **facts: Any) -> str:
    return deviation_text(Deviation(1, "incident", {"element": "ask", "code": code, "problem": code, **facts}))


def stuck_by(source: str) -> Stuck:
    with pytest.raises(Stuck) as stuck:
        certain(source, feel(source, {}, {}, SystemClock().now()), "assignee")
    return stuck.value


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("assignee_not_a_person", {"value": "7"}, "Als zuständige Person kam „7“ heraus"),
        (
            "operator_refused",
            {"operator": "mail.send", "problem": "operator_input", "name": "to", "wanted": "string", "found": "list"},
            "Mit der Angabe „to“ geht es nicht: Gebraucht wird ein Text, da ist eine Liste.",
        ),
        (
            "decision_failed",
            {"decision": "route", "problem": "several_rules_match", "table": "t", "rules": "1, 2"},
            "In „route“ treffen die Regeln 1, 2 zugleich zu",
        ),
        (
            "operator_refused",
            {"operator": "x", "problem": "code_unknown", "list": "topic", "keys": "['a', 'b']"},
            "In der Liste „topic“ gibt es diesen Eintrag nicht: a, b.",
        ),
    ],
)
def test_a_failing_scenario_says_why_in_words(app: Flask, code: str, facts: dict[str, Any], words: str) -> None:
    with app.test_request_context():
        assert words in told(code, **facts)
        assert "_" not in told(code, **facts)


def test_a_formula_that_stops_a_step_is_named_with_what_is_wrong_in_it(app: Flask) -> None:
    unknown, broken = stuck_by("=no one + 1"), stuck_by("=if then")
    with app.test_request_context():
        said = told(unknown.code, **unknown.facts)
        assert said.startswith(
            "Der Schritt „ask“ bleibt hängen: Die Formel „=no one + 1“ lässt sich hier nicht berechnen"
        )
        assert "„no one“ ist nicht bekannt." in said
        assert "„=if then“ ist kein gültiges FEEL. An Stelle 4 steht „then“" in told(broken.code, **broken.facts)
        assert incident_text({"code": "brand_new", "problem": "brand_new"}) == "Das kennen wir noch nicht: brand_new"
