"""What process owners do with the decision tables of a draft: list, change by cells, see what is wrong, try values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.actions import workshop
from workflows.actions.decision_files import deciding, find, model_of
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.decisions import (
    DecisionError,
    DecisionModel,
    DecisionModelError,
    DecisionResult,
    checks,
    formulas,
    sheets,
)
from workflows.decisions.checks import Finding
from workflows.decisions.formulas import Formula
from workflows.decisions.sheets import Row, Sheet
from workflows.engine.content import read_content
from workflows.feel import FeelBudgetError, FeelSyntaxError, compile_expression
from workflows.forms.editing import free_name, slug
from workflows.operators import FUNCTIONS

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LONGEST_VALUE = 2_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One table or formula of a draft, with the steps that decide by it, also by way of another decision.

    ``problem`` says why a file cannot be read.
    """

    path: str
    sheet: Sheet | None = None
    formula: Formula | None = None
    steps: Sequence[str] = ()
    findings: int = 0
    problem: DecisionModelError | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A table as it lies in the draft: ``revision`` says what a change was made from, ``model`` is None when broken."""

    path: str
    revision: int
    xml: bytes = field(repr=False)
    sheet: Sheet
    model: DecisionModel | None

    def findings(self) -> list[Finding]:
        """What its hit policy does not allow, each with the numbers of the rules concerned."""
        return checks.check_element(self.model.decisions[self.sheet.decision]) if self.model else []

    def wrong_cells(self) -> dict[str, FeelSyntaxError]:
        """The texts of cells that are no expression, with what is wrong."""
        problems = self.model.problems if self.model else ()
        return {each.source: each.error for each in problems}


@dataclass(frozen=True, slots=True)
class Trial:
    """What the table makes of some values: its answer, or why there is none."""

    result: DecisionResult | None = None
    problem: DecisionError | FeelBudgetError | None = None

    @property
    def matched(self) -> frozenset[int]:
        """The numbers of the rules that matched, of the last table decided; of all that contend when they conflict."""
        if self.result is not None:
            return (
                frozenset(rule.number for rule in self.result.explanation[-1].rules)
                if self.result.explanation
                else frozenset()
            )
        told = self.problem.facts.get("rules", "") if self.problem is not None else ""
        return frozenset(int(number) for number in re.findall(r"\d+", str(told)))


def listed(tx: Tx, draft_id: int) -> list[Listed]:
    """Every table and formula of a draft; raises ``NotFound``."""
    bundle = workshop.bundle(tx, draft_id)
    content = read_content(bundle, FUNCTIONS)
    steps = {key: tuple(dict.fromkeys(each.values())) for key, each in deciding(content).items()}
    found: list[Listed] = []
    for path, xml in bundle.of_kind(".dmn").items():
        try:
            every, expressions = sheets.sheets(xml), formulas.formulas(xml)
        except DecisionModelError as error:
            found.append(Listed(path, problem=error))
            continue
        model = content.models.get(path)
        found += [Listed(path, None, each, steps.get(each.decision, ())) for each in expressions]
        for sheet in every:
            held = Held(path, 0, xml, sheet, model)
            count = len(held.findings()) + len(held.wrong_cells())
            found.append(Listed(path, sheet, None, steps.get(sheet.decision, ()), count))
    return found


def found(tx: Tx, draft_id: int, held: Held) -> list[Finding]:
    """What is wrong with a table by itself, and with what it reads in this process; raises ``NotFound``."""
    told = [each for each in workshop.findings(tx, draft_id) if each.file == held.path]
    problems = [each.facts["problem"] for each in told if isinstance(each.facts.get("problem"), Finding)]
    return [each for each in problems if each.facts.get("decision") in {held.sheet.name, held.sheet.decision}]


def read(tx: Tx, draft_id: int, decision: str) -> Held:
    """One table by its id, or its name as findings call it; raises ``NotFound``."""
    path, stored, sheet = find(tx, draft_id, decision, sheets.sheets)
    return Held(path, stored.revision, stored.data, sheet, model_of(stored.data))


def typed_in(held: Held, rows: Sequence[Row], hit_policy: str, aggregation: str, revision: int) -> Held:
    """The table with these rules in this order, as somebody types it from ``revision``; raises ``Invalid``."""
    decision = held.sheet.decision
    try:
        xml = sheets.written(held.xml, decision, rows, hit_policy=hit_policy, aggregation=aggregation)
        sheet = next(each for each in sheets.sheets(xml) if each.decision == decision)
    except ValueError as error:
        raise Invalid({"hit_policy": (_refused(error),)}) from error
    return Held(held.path, revision, xml, sheet, model_of(xml))


def save(tx: Tx, draft_id: int, typed: Held) -> None:
    """Keep the table as it was typed; raises as ``workshop.save``."""
    workshop.save(tx, draft_id, {typed.path: typed.xml}, {typed.path: typed.revision})


def _refused(error: ValueError) -> Problem:
    """Too much for one table, or characters that no file of this kind can hold."""
    if isinstance(error, DecisionModelError):
        return Problem("too_many", {"max": error.facts.get("most", "")})
    return Problem("control_characters")


KINDS = ("input", "output", "annotation")


def add_column(tx: Tx, draft_id: int, held: Held, kind: str, label: str, source: str) -> None:
    """One more input, output or annotation of a table as typed; raises ``Invalid``, and as ``workshop.save``."""
    if kind not in KINDS:
        raise NotFound("not_found", kind="column")
    needed = (("label", label), *((("source", source),) if kind != "annotation" else ()))
    problems = {name: (Problem("required"),) for name, text in needed if not text}
    if problems:
        raise Invalid(problems)
    try:
        xml = sheets.with_column(
            held.xml, held.sheet.decision, kind, label, source if kind == "input" else slug(source)
        )
    except ValueError as error:
        raise Invalid({"label": (_refused(error),)}) from error
    workshop.save(tx, draft_id, {held.path: xml}, {held.path: held.revision})


def remove_column(tx: Tx, draft_id: int, held: Held, kind: str, index: int) -> None:
    """One input, output or annotation less, with its cells; raises ``NotFound``, and as ``workshop.save``."""
    if kind not in KINDS:
        raise NotFound("not_found", kind="column")
    try:
        xml = sheets.without_column(held.xml, held.sheet.decision, kind, index)
    except KeyError:
        raise NotFound("not_found", kind="column") from None
    workshop.save(tx, draft_id, {held.path: xml}, {held.path: held.revision})


def create(tx: Tx, draft_id: int, name: str, source: str, result: str) -> str:
    """A new table of one input and one output; gives its decision. Raises ``Invalid``, and as ``workshop.save``."""
    typed = {"name": slug(name), "source": source.strip(), "result": slug(result)}
    problems = {setting: (Problem("required"),) for setting, text in typed.items() if not text}
    if problems:
        raise Invalid(problems)
    taken = {each.sheet.decision for each in listed(tx, draft_id) if each.sheet}
    taken |= {path.removesuffix(".dmn") for path in workshop.files(tx, draft_id)}
    key = free_name(typed["name"], taken)
    try:
        xml = sheets.new(key, name.strip(), typed["source"], typed["result"])
    except ValueError as error:
        raise Invalid({"name": (_refused(error),)}) from error
    workshop.save(tx, draft_id, {f"{key}.dmn": xml})
    return key


def asked(held: Held) -> list[str]:
    """The values a trial asks for, as dotted names: what the inputs look at and what other decisions need."""
    names: dict[str, None] = {}
    for column in held.sheet.inputs:
        for name in _names_in(column.source):
            names[name] = None
    decision = held.model.decisions[held.sheet.decision] if held.model else None
    needed = set(decision.inputs) if decision else set()
    roots = {name.partition(".")[0] for name in names}
    found = [name for name in names if not needed or name.partition(".")[0] in needed]
    return [*found, *sorted(needed - roots - FUNCTIONS.keys())]


def _names_in(source: str) -> list[str]:
    if _PATH.fullmatch(source):
        return [source]
    try:
        return sorted(compile_expression(source, functions=FUNCTIONS).variables)
    except FeelSyntaxError:
        return []


def tried(tx: Tx, model: DecisionModel | None, decision: str, typed: Mapping[str, str]) -> Trial:
    """Decide for these values; keeps nothing."""
    if model is None:
        return Trial()
    variables: dict[str, Any] = {}
    for name, text in typed.items():
        *parts, last = name.split(".")
        holder = variables
        for part in parts:
            inner = holder.setdefault(part, {})
            holder = inner if isinstance(inner, dict) else {}
        holder[last] = value_of(text)
    try:
        return Trial(model.evaluate(decision, variables, now=tx.now, functions=FUNCTIONS))
    except (DecisionError, FeelBudgetError) as error:
        return Trial(problem=error)


def value_of(text: str) -> Any:
    """What somebody means who types a value: number, list or date as FEEL writes them, else the words themselves."""
    text = text.strip()[:LONGEST_VALUE]
    if not text:
        return None
    source = f'date("{text}")' if _DAY.fullmatch(text) else text
    try:
        expression = compile_expression(source)
        found = expression.evaluate({}) if not expression.variables else None
    except (FeelSyntaxError, FeelBudgetError):
        return text
    return text if found is None or found.value is None else found.value
