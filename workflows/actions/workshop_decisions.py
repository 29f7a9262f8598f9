"""What process owners do with formulas and with the graph of a decision file: write, connect, name, take out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workflows.actions import workshop
from workflows.actions.decision_files import deciding, find, model_of
from workflows.actions.workshop_tables import Trial, tried
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.decisions import DecisionModel, DecisionModelError, formulas, graphs
from workflows.decisions.formulas import Formula
from workflows.decisions.graphs import Node
from workflows.decisions.naming import unsupplied
from workflows.decisions.picture import drawn
from workflows.engine.checks import known
from workflows.engine.content import read_content
from workflows.feel import FeelSyntaxError
from workflows.forms.editing import free_name, slug
from workflows.operators import FUNCTIONS, catalogue


@dataclass(frozen=True, slots=True)
class HeldFormula:
    """A formula as it lies in the draft, or as somebody types it; ``revision`` says what a change was made from."""

    path: str
    revision: int
    xml: bytes = field(repr=False)
    formula: Formula
    model: DecisionModel | None

    @property
    def decision(self) -> str:
        """The id of the decision."""
        return self.formula.decision

    def problems(self) -> dict[str, FeelSyntaxError]:
        """The texts of this formula that are no expression, with what is wrong."""
        return {each.source: each.error for each in self.model.problems} if self.model else {}


@dataclass(frozen=True, slots=True)
class Graph:
    """The decisions of one file and what they need; ``drawing`` is the file with a place for each."""

    path: str
    revision: int
    name: str
    nodes: Sequence[Node]
    steps: Mapping[str, Sequence[str]]
    drawing: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name a formula may use, and who gives it; empty for the process itself."""

    name: str
    source: str


def read(tx: Tx, draft_id: int, decision: str) -> HeldFormula:
    """One formula by the id or name of its decision; raises ``NotFound``."""
    path, stored, formula = find(tx, draft_id, decision, formulas.formulas)
    return HeldFormula(path, stored.revision, stored.data, formula, model_of(stored.data))


def typed_in(held: HeldFormula, formula: Formula, revision: int) -> HeldFormula:
    """The formula as somebody types it from ``revision``; raises ``Invalid`` with places like ``name.2``."""
    problems = _problems(formula)
    if problems:
        raise Invalid(problems)
    try:
        xml = formulas.written(held.xml, formula)
    except DecisionModelError as error:
        raise Invalid({"text": (Problem("too_many", {"max": error.facts.get("most", "")}),)}) from error
    except ValueError as error:
        raise Invalid({"text": (Problem("control_characters"),)}) from error
    except KeyError:
        raise NotFound("not_found", kind="decision") from None
    return replace(held, revision=revision, xml=xml, formula=formula, model=model_of(xml))


def _problems(formula: Formula) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, tuple[Problem, ...]] = {}
    if not formula.text and not formula.steps:
        found["text"] = (Problem("required"),)
    seen: set[str] = set()
    for number, step in enumerate(formula.steps, 1):
        if not step.name:
            found[f"name.{number}"] = (Problem("required"),)
        elif step.name in seen:
            found[f"name.{number}"] = (Problem("name_twice"),)
        if not step.text:
            found[f"step.{number}"] = (Problem("required"),)
        seen.add(step.name)
    return found


def save(tx: Tx, draft_id: int, typed: HeldFormula) -> None:
    """Keep a formula as it was typed; raises as ``workshop.save``."""
    workshop.save(tx, draft_id, {typed.path: typed.xml}, {typed.path: typed.revision})


def names(tx: Tx, draft_id: int, held: HeldFormula) -> list[Name]:
    """The names a formula may use: what it needs, then what the process knows where it is decided."""
    model = held.model
    found: dict[str, str] = {}
    decision = model.decisions[held.decision] if model else None
    for requirement in decision.requirements if decision else ():
        found[f"{requirement.group}.{requirement.name}" if requirement.group else requirement.name] = held.path
    for each in _known(tx, draft_id, held):
        found.setdefault(each.name, each.source)
    return [Name(name, source) for name, source in found.items()]


def unknown(tx: Tx, draft_id: int, held: HeldFormula) -> list[str]:
    """The names a formula reads and some step that decides by it does not give; none while no step does."""
    if held.model is None:
        return []
    bundle, offered, found = workshop.bundle(tx, draft_id), catalogue(tx), set[str]()
    for step in _steps(tx, draft_id).get(held.decision, ()):
        given = FUNCTIONS.keys() | {each.name for each in known.known_at(bundle, offered, step)}
        found |= unsupplied(held.model, held.model.decisions[held.decision], given)
    return sorted(found)


def _known(tx: Tx, draft_id: int, held: HeldFormula) -> list[known.Known]:
    bundle, offered = workshop.bundle(tx, draft_id), catalogue(tx)
    steps = _steps(tx, draft_id).get(held.decision, {})
    found: dict[str, known.Known] = {}
    for step in steps or [""]:
        for each in known.known_at(bundle, offered, step):
            found.setdefault(each.name, each)
    return list(found.values())


def _steps(tx: Tx, draft_id: int) -> dict[str, dict[str, str]]:
    return deciding(read_content(workshop.bundle(tx, draft_id), FUNCTIONS))


def asked(held: HeldFormula) -> list[str]:
    """The values a trial asks for."""
    decision = held.model.decisions[held.decision] if held.model else None
    return sorted(decision.inputs - FUNCTIONS.keys()) if decision else []


def try_out(tx: Tx, held: HeldFormula, values: Mapping[str, str]) -> Trial:
    """Work it out for these values; keeps nothing."""
    return tried(tx, held.model, held.decision, values)


def titles(tx: Tx, draft_id: int) -> dict[str, str]:
    """What each decision file of a draft that can be read is called; raises ``NotFound``."""
    found: dict[str, str] = {}
    for path, each in workshop.files(tx, draft_id).items():
        if path.endswith(".dmn"):
            try:
                found[path] = graphs.title(each.data) or path
            except DecisionModelError:
                continue
    return found


def graph(tx: Tx, draft_id: int, path: str) -> Graph:
    """The decisions of one file of a draft; raises ``NotFound``, also for a file that cannot be read."""
    held = workshop.files(tx, draft_id).get(path)
    if held is None or not path.endswith(".dmn"):
        raise NotFound("not_found", kind="file")
    try:
        every, drawing = graphs.nodes(held.data), graphs.entitled(drawn(held.data))
    except DecisionModelError:
        raise NotFound("not_found", kind="file") from None
    steps = {key: list(found.values()) for key, found in _steps(tx, draft_id).items()}
    return Graph(path, held.revision, graphs.title(held.data) or path, every, steps, drawing)


def add(tx: Tx, draft_id: int, path: str, name: str, kind: str) -> str:
    """One more decision in a file, ``kind`` table or formula; gives its id. Raises ``Invalid``, as ``save``."""
    found = graph(tx, draft_id, path)
    key = _free(tx, draft_id, name)
    held = workshop.files(tx, draft_id)[path]
    if any(each.name == name for each in found.nodes):
        raise Invalid({"name": (Problem("name_twice"),)})
    try:
        xml = graphs.with_decision(held.data, key, name, kind)
    except DecisionModelError as error:
        raise Invalid({"name": (Problem("too_many", {"max": error.facts.get("most", "")}),)}) from error
    except ValueError as error:
        raise Invalid({"name": (Problem("control_characters"),)}) from error
    workshop.save(tx, draft_id, {path: xml})
    return key


def create(tx: Tx, draft_id: int, name: str) -> str:
    """A new file with one formula; gives its decision. Raises as ``add``."""
    key = _free(tx, draft_id, name)
    try:
        xml = formulas.new(key, name)
    except ValueError as error:
        raise Invalid({"name": (Problem("control_characters"),)}) from error
    workshop.save(tx, draft_id, {f"{key}.dmn": xml})
    return key


def _free(tx: Tx, draft_id: int, name: str) -> str:
    if not slug(name):
        raise Invalid({"name": (Problem("required"),)})
    taken = {path.removesuffix(".dmn") for path in workshop.files(tx, draft_id)}
    for path, each in workshop.files(tx, draft_id).items():
        if path.endswith(".dmn"):
            try:
                taken |= {node.id for node in graphs.nodes(each.data)}
            except DecisionModelError:
                continue
    return free_name(slug(name), taken)


def change(
    tx: Tx,
    draft_id: int,
    path: str,
    decision: str,
    title: str,
    name: str,
    needs: Collection[str],
    revision: int | None,
) -> None:
    """Call a decision so and let it need these; raises ``Invalid``, ``NotFound``, and as ``workshop.save``."""
    held = workshop.files(tx, draft_id).get(path)
    if held is None:
        raise NotFound("not_found", kind="file")
    if not name:
        raise Invalid({"name": (Problem("required"),)})
    try:
        xml = graphs.changed(held.data, decision, name, needs, title)
    except DecisionModelError as error:
        wrong = {
            "double_name": ("name", "name_twice"),
            "name_inside": ("name", "name_inside"),
            "name_unreadable": ("name", "name_unreadable"),
            "requirement_cycle": ("needs", "needs_itself"),
        }
        place, code = wrong.get(error.code, ("name", "decision_unreadable"))
        raise Invalid({place: (Problem(code),)}) from error
    except KeyError:
        raise NotFound("not_found", kind="decision") from None
    except ValueError as error:
        raise Invalid({"name": (Problem("control_characters"),)}) from error
    workshop.save(tx, draft_id, {path: xml}, {path: held.revision if revision is None else revision})


def remove(tx: Tx, draft_id: int, path: str, decision: str, revision: int | None) -> None:
    """Take a decision out; raises ``Conflict("decision_needed")`` while somebody needs it, and as ``workshop.save``."""
    found = graph(tx, draft_id, path)
    held = workshop.files(tx, draft_id)[path]
    users = [*graphs.users_of(held.data, decision), *found.steps.get(decision, ())]
    if users:
        raise Conflict("decision_needed", by=", ".join(dict.fromkeys(users)))
    try:
        xml = graphs.without(held.data, decision)
    except KeyError:
        raise NotFound("not_found", kind="decision") from None
    workshop.save(tx, draft_id, {path: xml}, {path: held.revision if revision is None else revision})
