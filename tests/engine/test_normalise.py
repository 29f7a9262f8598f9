"""Diagrams of other tools: what becomes of each foreign thing, all of it told, and nothing else changed."""

from pathlib import Path

import pytest

from tests.engine.checking import CATALOGUE
from tests.engine.diagrams import form
from tests.engine.house import House
from workflows.engine import bundle as bundles
from workflows.engine import dialect
from workflows.engine.bundle import Bundle
from workflows.engine.checks import check, check_files, line
from workflows.engine.normalise import Normalised, normalise
from workflows.engine.normalise.juel import translated

FOREIGN = Path(__file__).parent / "foreign"
OWN = Path(__file__).parents[2] / "bpmn"


def imported(name: str, key: str = "") -> Normalised:
    """A foreign diagram as the bundle ``key``, with the form ``answer`` beside it."""
    key = key or name
    xml = (FOREIGN / f"{name}.bpmn").read_bytes()
    return normalise(Bundle(key, {"answer.form": form(), f"{key}.bpmn": xml}))


def told(found: Normalised) -> list[tuple[str, str, str]]:
    return [(each.element, each.code, str(each.facts.get("name", ""))) for each in found.changes]


def codes(found: Normalised) -> dict[str, set[str]]:
    """Errors of the check, by code."""
    wrong: dict[str, set[str]] = {}
    for finding in check(found.bundle, CATALOGUE):
        if finding.severity == "error":
            wrong.setdefault(finding.code, set()).add(finding.element)
    return wrong


def test_a_diagram_of_the_java_family_runs_after_import_and_every_change_is_told() -> None:
    found = imported("approval")
    assert told(found) == [
        ("Process_1x7k", "made_executable", ""),
        ("approval", "process_renamed", ""),
        ("approval", "attribute_dropped", "camunda:historyTimeToLive"),
        ("begin", "attribute_dropped", "camunda:initiator"),
        ("ask", "attribute_mapped", "camunda:formKey"),
        ("ask", "attribute_mapped", "camunda:candidateGroups"),
        ("ask", "attribute_mapped", "camunda:dueDate"),
        ("ask", "attribute_dropped", "camunda:asyncBefore"),
        ("ask", "extension_dropped", "camunda:properties"),
        ("ask", "extension_mapped", "camunda:inputOutput"),
        ("", "language_dropped", ""),
        ("good", "default_set", ""),
        ("thank", "task_made_manual", ""),
        ("f3", "condition_translated", ""),
    ]
    assert codes(found) == {}
    parsed = dialect.parse(found.bundle.files["approval.bpmn"])
    ask = parsed.elements["ask"]
    assert (ask.form_id, ask.assignment.candidate_groups, ask.assignment.due) == (
        "answer",
        "group:coordination",
        "=deadline",
    )
    assert [(each.target, each.source) for each in ask.inputs] == [("about", "=request.topic")]
    assert parsed.flows["f3"].condition == '=answer = "yes" and not (urgent)'
    assert parsed.elements["good"].default == "f4"


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("group:coordination", "clerks,bosses", "camunda:candidateGroups"),
        ("${deadline}", "${dateTime().plusDays(3)}", "camunda:dueDate"),
        ('asyncBefore="true"', 'candidateUsers="kermit"', "camunda:candidateUsers"),
    ],
)
def test_what_meant_something_and_cannot_be_taken_over_is_told_as_lost(before: str, after: str, name: str) -> None:
    """It was told that it had no effect here."""
    xml = (FOREIGN / "approval.bpmn").read_text(encoding="utf-8").replace(before, after)
    found = normalise(Bundle("approval", {"approval.bpmn": xml.encode()}))
    assert ("ask", "attribute_lost", name) in told(found)


def test_pools_data_stores_and_quoted_timers_of_another_tool() -> None:
    found = imported("pools", "office")
    assert told(found) == [
        ("", "encoding_changed", ""),
        ("association", "made_drawing", ""),
        ("sid-1", "extension_dropped", "www.signavio.com:signavioDiagramMetaData"),
        ("look", "extension_dropped", "www.signavio.com:signavioMetaData"),
        ("", "language_dropped", ""),
        ("wait", "time_translated", ""),
    ]
    assert codes(found) == {}
    parsed = dialect.parse(found.bundle.files["office.bpmn"])
    assert parsed.elements["wait"].trigger.expression == "PT1H"
    assert "other_send" not in parsed.elements
    assert "Büro".encode() in found.bundle.files["office.bpmn"]


def test_what_cannot_be_run_stays_and_is_named() -> None:
    found = imported("refused")
    assert told(found) == [("refused", "made_executable", "")]
    wrong = codes(found)
    named = {
        "foreign_code": {"code", "called", "listened"},
        "without_operator": {"code", "called"},
        "foreign_script": {"script"},
        "unsupported_element": {"adhoc", "trans", "complex"},
        "standard_loop": {"again"},
        "unsupported_event": {"signal"},
        "not_feel": {"w1"},
    }
    assert {code: wrong.get(code) for code in named} == named


def test_collections_calls_and_conditions_are_translated() -> None:
    found = imported("several")
    assert codes(found) == {}
    parsed = dialect.parse(found.bundle.files["several.bpmn"])
    loop = parsed.elements["each"].loop
    assert loop is not None
    assert (loop.collection, loop.item, loop.completion_condition) == (
        "=offices",
        "office",
        "=numberOfCompletedInstances >= 2",
    )
    call = parsed.elements["call"]
    assert [(each.target, each.source) for each in call.inputs] == [("total", "=amount")]
    assert [(each.target, each.source) for each in call.outputs] == [("good", "=verdict")]
    assert parsed.elements["late"].trigger.expression == "=patience"
    assert parsed.flows["i3"].condition == "=total = 5 or total > 100"
    assert parsed.flows["i2"].condition is None
    assert parsed.processes["inner"].executable


@pytest.mark.parametrize("name", sorted(path.stem for path in FOREIGN.glob("*.bpmn")))
def test_a_second_time_changes_nothing_and_every_change_has_its_sentence(name: str) -> None:
    once = imported(name)
    again = normalise(once.bundle)
    assert (again.changes, again.bundle) == ((), once.bundle)
    for change in once.changes:
        for language in ("de", "en"):
            assert "–" not in line(change, language)
            assert change.code not in line(change, language)


@pytest.mark.parametrize("folder", sorted(each.name for each in OWN.iterdir() if each.is_dir()))
def test_our_own_bundles_keep_every_byte(folder: str) -> None:
    bundle = bundles.read(OWN / folder)
    assert normalise(bundle) == Normalised(bundle, ())


@pytest.mark.parametrize(
    ("source", "feel"),
    [
        ("${approved}", "approved"),
        ("#{amount >= 100.5}", "amount >= 100.5"),
        ("${a.b == 'x' || c != null}", 'a.b = "x" or c != null'),
        ("${not (a eq 1 and b lt 2)}", "not ( a = 1 and b < 2 )"),
        ("answer == True", "answer = true"),
        ("${a.b()}", None),
        ("${x.class.forName('y')}", None),
        ("${empty a}", None),
        ("${a ? b : c}", None),
        ("${a + 1 == 2}", None),
        ("__import__('os').system('x')", None),
        ("${'a\"b' == a}", None),
        ("", None),
        ("${" + "(" * 5_000, None),
    ],
)
def test_only_trivial_expressions_are_translated(source: str, feel: str | None) -> None:
    assert translated(source) == feel


def test_a_foreign_diagram_runs_to_its_end(house: House) -> None:
    found = imported("approval").bundle.files
    drawing = Raw(found["approval.bpmn"])
    house.deploy(drawing, {"answer.form": found["answer.form"]})  # type: ignore[arg-type]
    instance = house.start("approval", deadline="2026-05-01", urgent=False, request={"topic": "rooms"})
    house.complete(instance, "ask", answer="yes")
    house.complete(instance, "thank")
    assert house.status(instance) == "completed"


class Raw:
    """A diagram that is already written."""

    key = "approval"

    def __init__(self, content: bytes) -> None:
        self._content = content

    def xml(self) -> bytes:
        return self._content


def test_the_command_tells_the_changes_and_checks_what_came_of_it(tmp_path: Path) -> None:
    path = tmp_path / "approval.bpmn"
    path.write_bytes((FOREIGN / "approval.bpmn").read_bytes())
    (tmp_path / "answer.form").write_bytes(form())
    assert check_files([path], CATALOGUE).exit_code == 1
    report = check_files([path], CATALOGUE, normalising=True)
    assert report.exit_code == 0
    assert any("Geändert" in each and "camunda:formKey" in each for each in report.lines)
