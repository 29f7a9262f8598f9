"""The public DMN Technology Compatibility Kit: run every folder below a directory and count what passes.

A folder holds models (`*.dmn`) and test files (`*test*.xml`); one result node is one case.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from lxml import etree

from workflows.decisions.errors import DecisionError, DecisionModelError
from workflows.decisions.model import DecisionModel, parse_decisions
from workflows.feel import FeelBudgetError
from workflows.feel.errors import InvalidValue
from workflows.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time

_TESTS: Final = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_TOLERANCE: Final = Decimal("1e-8")
LEVELS: Final = ("level-2", "level-3")


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One case: where it stands, whether it passed, and otherwise why not; `refused` where we refuse on purpose."""

    level: str
    folder: str
    case: str
    node: str
    passed: bool
    reason: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class TckReport:
    """All outcomes below a directory."""

    outcomes: tuple[CaseOutcome, ...]

    def passed(self, level: str) -> int:
        """Count the passed cases of a level."""
        return sum(outcome.passed for outcome in self.outcomes if outcome.level == level)

    def total(self, level: str) -> int:
        """Count all cases of a level."""
        return sum(outcome.level == level for outcome in self.outcomes)


def run(directory: Path) -> TckReport:
    """Run every TCK folder below a directory."""
    folders = sorted({path.parent for path in directory.rglob("*.dmn")})
    return TckReport(tuple(outcome for folder in folders for outcome in run_folder(folder)))


def run_folder(folder: Path) -> Iterator[CaseOutcome]:
    """Run the test files of one folder."""
    level = next((level for level in LEVELS if folder.parent.name.endswith(level)), folder.parent.name)
    models = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    for path in sorted(folder.glob("*test*.xml")):
        try:
            root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as problem:
            yield CaseOutcome(level, folder.name, path.name, "", False, f"no XML: {problem}")
            continue
        name = (root.findtext(f"{_TESTS}modelName") or "").strip()
        main = name if name in models else min(models, key=len)
        try:
            model = parse_decisions(models[main], [xml for other, xml in models.items() if other != main])
        except DecisionModelError as problem:
            model = None
            reason = f"model: {problem}"
        for case in root.findall(f"{_TESTS}testCase"):
            for node in case.findall(f"{_TESTS}resultNode"):
                if model is None:
                    yield CaseOutcome(level, folder.name, case.get("id") or "", node.get("name") or "", False, reason)
                else:
                    yield _run_case(model, level, folder.name, case, node)


def _run_case(model: DecisionModel, level: str, folder: str, case: etree._Element, node: etree._Element) -> CaseOutcome:
    inputs = {entry.get("name") or "": _value(entry) for entry in case.findall(f"{_TESTS}inputNode")}
    name = node.get("name") or ""
    target = case.get("invocableName") or name if case.get("type") == "decisionService" else name
    expected = _value(node.find(f"{_TESTS}expected"))
    refused = False
    try:
        result = model.evaluate(target, inputs)
        found = _named_output(model, case, name, result.value)
        refused = any(warning.code == "external_function" for warning in result.warnings)
        codes = ", ".join(sorted({warning.code for warning in result.warnings}))
        reason = f"got {found!r:.80}, expected {expected!r:.80} {codes}"
    except (DecisionError, FeelBudgetError, KeyError) as problem:
        found, reason = None, f"{type(problem).__name__}: {problem}, expected {expected!r:.80}"
    passed = _same(found, expected)
    if refused and not passed:
        reason = "refused: functions of other programs (Java) are not run"
    return CaseOutcome(
        level, folder, case.get("id") or "", name, passed, "" if passed else reason, refused and not passed
    )


def _named_output(model: DecisionModel, case: etree._Element, name: str, value: object) -> object:
    """A service with several outputs gives a context; its result nodes name one entry each."""
    service = model.services.get(case.get("invocableName") or "") if case.get("type") == "decisionService" else None
    if service is not None and len(service.outputs) > 1 and isinstance(value, dict):
        return value.get(name)
    return value


def _value(element: etree._Element | None) -> object:
    if element is None:
        return None
    listed = element.find(f"{_TESTS}list")
    if listed is not None:
        return None if _is_nil(listed) else [_value(item) for item in listed.findall(f"{_TESTS}item")]
    components = element.findall(f"{_TESTS}component")
    if components:
        return {component.get("name"): _value(component) for component in components}
    value = element.find(f"{_TESTS}value")
    if value is None or _is_nil(value):
        return None
    return _simple_value((value.get(f"{_INSTANCE}type") or "").rpartition(":")[2], value.text or "")


def _is_nil(element: etree._Element) -> bool:
    return element.get(f"{_INSTANCE}nil") == "true"


def _simple_value(type_name: str, text: str) -> object:
    try:
        return _READERS[type_name](text) if type_name in _READERS else text
    except (InvalidValue, ArithmeticError):
        return f"unreadable {type_name} {text}"


_READERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("decimal", "double", "integer", "int", "float"), Decimal),
    "boolean": lambda text: text == "true",
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_date_time,
    "duration": parse_duration,
}


def _same(found: object, expected: object) -> bool:
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= _TOLERANCE * max(Decimal(1), abs(expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(_same(found[key], expected[key]) for key in found)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(_same, found, expected))
    return type(found) is type(expected) and found == expected


def format_report(report: TckReport) -> str:
    """Write the counts of both levels, then the failing cases, the refused ones by name with the reason."""
    lines = [", ".join(f"{level} {report.passed(level)}/{report.total(level)}" for level in LEVELS)]
    for outcome in report.outcomes:
        if not outcome.passed:
            lines.append(f"{outcome.level} {outcome.folder} {outcome.case} {outcome.node}: {outcome.reason}")
    return "\n".join(lines)
