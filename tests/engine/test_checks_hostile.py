"""No file, however broken, hostile or large, makes the check fall over, and no foreign code gets through."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.checking import CATALOGUE, codes, errors
from tests.engine.diagrams import HEAD, STRAIGHT, bundle, diagram, extended, flows, form, node, user_task
from tests.engine.test_fuzz import LONGEST, at_most
from workflows.engine.checks import check, check_files, line

BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><x>&d;</x>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>"""
REMOTE = b"""<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>"""


def chain(length: int) -> str:
    """So many tasks in a row."""
    names = ["begin", *(f"t{number}" for number in range(length)), "done"]
    tasks = "".join(user_task(name) for name in names[1:-1])
    pairs = (f"{first}>{second}" for first, second in zip(names, names[1:], strict=False))
    return node("startEvent", "begin") + tasks + node("endEvent", "done") + flows(*pairs)


def nested(depth: int) -> str:
    """So many subprocesses inside each other."""
    inside = STRAIGHT
    for level in range(depth):
        begin, holds, done = f"b{level}", f"s{level}", f"d{level}"
        around = node("startEvent", begin) + node("subProcess", holds, inside) + node("endEvent", done)
        inside = around + flows(f"{begin}>{holds}", f"{holds}>{done}")
    return inside


UNREADABLE = {
    "bomb": BOMB,
    "outside": OUTSIDE,
    "remote": REMOTE,
    "empty": b"",
    "nonsense": random.Random(1).randbytes(1_000_000),
    "large": b"<x>" + b"y" * 4_900_000 + b"</x>",
    "ten_megabytes": random.Random(2).randbytes(10_000_000),
    "deep": b"<x>" * 100_000,
    "utf16": diagram(STRAIGHT).decode().encode("utf-16"),
    "latin1": diagram(STRAIGHT.replace("Antworten", "Größe")).decode().encode("latin-1"),
    "other": b"<html><body/></html>",
    "json": b'{"a": 1}',
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_hostile_diagrams_are_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "sample.bpmn").write_bytes(UNREADABLE[name])
    report = check_files([tmp_path / "sample.bpmn"], CATALOGUE)
    assert report.exit_code in {1, 2}
    assert all("root:" not in each and len(each) < 1_000 for each in report.lines)


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("suffix", ["form", "dmn"])
def test_hostile_forms_and_tables_are_refused_with_a_sentence(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"sample.{suffix}"
    path.write_bytes(UNREADABLE[name])
    assert check_files([path], CATALOGUE).exit_code in {1, 2}


def test_long_chains_and_deep_nesting_are_only_large() -> None:
    assert errors(chain(1_000)) == set()
    assert errors(nested(60)) == set()
    assert errors(nested(300)) == {"not_xml"}


def test_endless_looking_files_are_checked_in_reasonable_time() -> None:
    """Each of these once took minutes or more; the run's timeout is the proof."""
    script = extended('<zeebe:script expression="=1" resultVariable="x"/>')
    circle = chain(1_500).replace("<bpmn:userTask", "<bpmn:scriptTask").replace("</bpmn:userTask", "</bpmn:scriptTask")
    assert "script_without_feel" in errors(circle)
    automatic = "".join(node("scriptTask", f"t{number}", script) for number in range(1_500))
    ways = flows(*(f"t{number}>t{(number + 1) % 1_500}" for number in range(1_500)), "begin>t0")
    assert "endless_loop" in errors(node("startEvent", "begin") + automatic + node("endEvent", "done") + ways)
    assert errors(chain(2_001)) == {"too_many_elements"}
    spaces = {"texts/receipt.de.txt": b"Betreff: x\n\n{{" + b" " * 90_000, "translations/en.json": b'{"a": {"text": "'}
    assert errors(files={**spaces, "texts/note.de.txt": b"Betreff: x\n" + b"{{" * 40_000}) == {
        "text_placeholder",
        "translations_not_json",
    }


def tangle(size: int) -> str:
    """Gateways that lead anywhere, each by several ways."""
    chance = random.Random(3)
    gateways = ways = ""
    for number in range(size):
        here = f"g{number}"
        gateways += node("inclusiveGateway", here, default=f"d{number}")
        targets = [f"g{chance.randrange(size)}" for _ in range(4)] if number < size - 1 else ["done"]
        ways += f'<bpmn:sequenceFlow id="d{number}" sourceRef="{here}" targetRef="{targets.pop()}"/>'
        for other, target in enumerate(targets):
            asked = '<bpmn:conditionExpression>=answer = "yes"</bpmn:conditionExpression>'
            ends = f'id="x{number}_{other}" sourceRef="{here}" targetRef="{target}"'
            ways += f"<bpmn:sequenceFlow {ends}>{asked}</bpmn:sequenceFlow>"
    ends = node("startEvent", "begin") + user_task("ask") + node("endEvent", "done")
    return ends + gateways + ways + flows("begin>ask", "ask>g0")


def test_the_largest_diagrams_take_no_more_than_seconds() -> None:
    """Who may be before whom, on which ways at once and who sets what there once took as long as the square of all."""
    with at_most(LONGEST):
        assert "automatic_loop" in codes(tangle(1_900))


def test_what_no_diagram_could_be_is_not_even_read() -> None:
    """120 000 elements fit into the bytes of a file and once held a web process for half a minute."""
    with at_most(LONGEST):
        assert errors("".join(f'<bpmn:task id="t{number}"/>' for number in range(30_000))) == {"too_many_elements"}
    lanes = "".join(f'<bpmn:lane id="l{number}"/>' for number in range(30_000))
    assert errors(f"<bpmn:laneSet>{lanes}</bpmn:laneSet>") == {"too_many_elements"}
    processes = "".join(f'<bpmn:process id="p{number}"/>' for number in range(2_000))
    xml = diagram("").decode().replace("</bpmn:definitions>", f"{processes}</bpmn:definitions>")
    found = check(bundle({"sample.bpmn": xml.replace('id="sample"', 'id="other"').encode()}), CATALOGUE)
    assert max(len(line(each)) for each in found) < 300


def test_exit_codes_tell_clean_from_findings_from_unreadable(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "sample.bpmn").write_bytes(diagram(STRAIGHT))
    (folder / "answer.form").write_bytes(form())
    assert check_files([folder], CATALOGUE).exit_code == 0
    assert check_files([folder / "sample.bpmn", folder / "answer.form"], CATALOGUE).exit_code == 0
    (folder / "answer.form").unlink()
    assert check_files([folder], CATALOGUE).exit_code == 1
    (folder / "answer.form").write_bytes(b"{")
    assert check_files([folder], CATALOGUE).exit_code == 2
    assert check_files([tmp_path / "nothing"], CATALOGUE).exit_code == 2


def test_warnings_alone_are_no_failure(tmp_path: Path) -> None:
    lost = STRAIGHT + user_task("lost")
    (tmp_path / "sample.bpmn").write_bytes(diagram(lost))
    (tmp_path / "answer.form").write_bytes(form())
    report = check_files([tmp_path / "sample.bpmn"], CATALOGUE)
    assert report.exit_code == 0
    assert any("Kein Weg führt hierher" in each for each in report.lines)


def test_a_form_that_is_too_large_is_told_in_words_of_size(tmp_path: Path) -> None:
    (tmp_path / "answer.form").write_bytes(b" " * 500_001)
    report = check_files([tmp_path / "answer.form"], CATALOGUE)
    assert (report.exit_code, "größer als 500 kB." in report.lines[0]) == (2, True)


def test_a_zip_that_leads_out_is_unreadable(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../sample.bpmn", diagram(STRAIGHT))
    (tmp_path / "sample.zip").write_bytes(buffer.getvalue())
    assert check_files([tmp_path / "sample.zip"], CATALOGUE).exit_code == 2


CODE = "__import__('os').system('touch /tmp/owned')"
FOREIGN = {
    "script": node("scriptTask", "it", f"<bpmn:script>{CODE}</bpmn:script>", scriptFormat="python"),
    "pre_script": node("manualTask", "it", extended(f"<spiffworkflow:preScript>{CODE}</spiffworkflow:preScript>")),
    "post_script": node("manualTask", "it", extended(f"<spiffworkflow:postScript>{CODE}</spiffworkflow:postScript>")),
    "operator": node("serviceTask", "it", extended('<spiffworkflow:serviceTaskOperator id="x"/>')),
    "payload": node("sendTask", "it", extended(f"<spiffworkflow:messagePayload>{CODE}</spiffworkflow:messagePayload>")),
    "camunda": node("serviceTask", "it", extended(f"<camunda:script>{CODE}</camunda:script>")),
    "camunda_class": node("serviceTask", "it", "", **{"camunda:class": "org.Evil"}),
    "camunda_expression": node("serviceTask", "it", "", **{"camunda:expression": "${evil}"}),
    "listener": node("manualTask", "it", extended('<camunda:executionListener event="start"/>')),
    "cardinality": node(
        "manualTask",
        "it",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>",
    ),
    "loop": node("manualTask", "it", "<bpmn:standardLoopCharacteristics/>"),
    "timer": node(
        "intermediateCatchEvent",
        "it",
        f"<bpmn:timerEventDefinition><bpmn:timeDuration>{CODE}</bpmn:timeDuration></bpmn:timerEventDefinition>",
    ),
    "conditional": node(
        "intermediateCatchEvent",
        "it",
        f"<bpmn:conditionalEventDefinition><bpmn:condition>{CODE}</bpmn:condition></bpmn:conditionalEventDefinition>",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_python_and_other_code_is_an_error_wherever_it_stands(name: str) -> None:
    inside = node("startEvent", "begin") + FOREIGN[name] + node("endEvent", "done") + flows("begin>it", "it>done")
    found = errors(inside)
    assert found & {
        "foreign_script",
        "python_extension",
        "foreign_code",
        "loop_cardinality",
        "standard_loop",
        "not_a_time",
        "unsupported_event",
    }


def test_conditions_in_other_languages_are_errors() -> None:
    condition = f'<bpmn:conditionExpression language="python">{CODE}</bpmn:conditionExpression>'
    gateway = node("exclusiveGateway", "which", default="which_done") + node("endEvent", "early")
    ways = flows("begin>which", "which>done") + node(
        "sequenceFlow", "c", condition, sourceRef="which", targetRef="early"
    )
    inside = node("startEvent", "begin") + gateway + node("endEvent", "done") + ways
    assert errors(inside) >= {"foreign_language"}
    assert errors(inside.replace(' language="python"', "")) == {"not_feel"}
    assert errors(inside.replace(CODE, "os.system(1)").replace("python", "feel")) == set()
    assert errors(inside.replace(CODE, "exec(1)").replace("python", "feel")) == {"unknown_function"}


PIECES = [
    *FOREIGN.values(),
    user_task("ask"),
    node("exclusiveGateway", "g", default="nothing"),
    node("parallelGateway", "p"),
    node("subProcess", "s", node("startEvent", "sb")),
    node("boundaryEvent", "b", "<bpmn:errorEventDefinition/>", attachedToRef="ask"),
    node("boundaryEvent", "lost", "", attachedToRef="nothing"),
    node("callActivity", "c", calledElement="sample"),
    flows("begin>ask", "ask>g", "g>p", "p>g", "p>done", "s>s", "b>ask", "nothing>ask", "ask>nothing"),
    '<bpmn:laneSet id="l"><bpmn:lane id="x"><bpmn:flowNodeRef>nothing</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
    "<bpmn:sequenceFlow/>",
    "<bpmn:userTask/>",
    "<bpmn:dataStoreReference/>",
    "<!-- x --><?x y?>",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_no_mixture_of_elements_makes_the_check_fall_over(pieces: list[str]) -> None:
    inside = node("startEvent", "begin") + "".join(pieces) + node("endEvent", "done")
    found = check(bundle(inside=inside), CATALOGUE)
    assert "check_failed" not in {finding.code for finding in found}
    for finding in found:
        assert line(finding, "de")
        assert line(finding, "en")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_flipped_bytes_make_the_check_fall_over(data: st.DataObject) -> None:
    raw = bytearray(diagram(STRAIGHT + "".join(FOREIGN.values())))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(len(HEAD) // 2, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = check(bundle({"sample.bpmn": bytes(raw)}), CATALOGUE)
    assert "check_failed" not in {finding.code for finding in found}


def table(cells: list[list[str]]) -> bytes:
    """A decision table with these cells, one list for each rule."""
    asked = "<input><inputExpression typeRef='string'><text>answer</text></inputExpression></input>" * len(cells[0])
    rows = "".join(
        f"<rule>{''.join(f'<inputEntry><text>{cell}</text></inputEntry>' for cell in row)}"
        "<outputEntry><text>1</text></outputEntry></rule>"
        for row in cells
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">'
        f'<decision id="way" name="Weg"><variable name="way"/><decisionTable>{asked}<output name="o"/>{rows}'
        "</decisionTable></decision></definitions>"
    ).encode()


WIDE = {
    "texts": [[f'"v{rule}_{column}"' for column in range(40)] for rule in range(400)],
    "ranges": [[f"[{rule * 3}..{rule * 3 + column}]" for column in range(40)] for rule in range(400)],
    "the last decides": [['"a"'] * 59 + [f'"v{rule}"'] for rule in range(400)],
    "nonsense": [["1 +"] * 9 for _ in range(4_000)],
}


@pytest.mark.parametrize("kind", WIDE)
def test_the_widest_tables_take_no_more_than_seconds(kind: str) -> None:
    """Every value of a column was once tried with every rule: a table of 56 000 cells took five minutes."""
    with at_most(LONGEST):
        found = {each.code for each in check(bundle({"way.dmn": table(WIDE[kind])}), CATALOGUE)}
    assert found & {"table_gap", "table_too_large", "decision_not_feel"}
