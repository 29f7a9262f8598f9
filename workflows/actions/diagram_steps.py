"""What the list of a process's steps asks for: the steps, and each change of them as one change of the diagram.

Every change names the revision of the diagram its page was made from (None: whatever is there now), so that nobody
overwrites what somebody else saved meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workflows.actions import workshop
from workflows.actions.diagram_editing import diagram
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine import drafts
from workflows.engine.comparison import Comparison
from workflows.engine.editing import arranging, deadlines
from workflows.engine.editing import steps as editing
from workflows.engine.editing.steps import Step
from workflows.operators import OPERATORS


@dataclass(frozen=True, slots=True)
class Listed:
    """The steps of a diagram, and the revision they were read from."""

    steps: Sequence[Step]
    revision: int

    def find(self, step_id: str) -> Step:
        """One of them; raises ``NotFound``."""
        found = next((each for each in self.steps if each.id == step_id), None)
        if found is None:
            raise NotFound("not_found", kind="step")
        return found

    def leaving(self, step_id: str) -> list[Step]:
        """What else goes when a step goes: at its edge, only behind that, and inside; raises ``NotFound``."""
        going = {self.find(step_id).id, *self.find(step_id).company}
        leaving, depth = [], None
        for each in self.steps:
            depth = depth if depth is not None and each.depth > depth else None
            if depth is None and each.id in going:
                depth = each.depth
                leaving.append(each)
            elif depth is not None:
                leaving.append(each)
        return [each for each in leaving if each.id != step_id]


def listed(tx: Tx, draft_id: int) -> Listed:
    """The main diagram of a draft as steps; raises ``NotFound``, ``DialectError`` for one that cannot be read."""
    _path, xml, revision = diagram(tx, draft_id, None)
    return Listed(editing.steps(xml), revision)


def change(
    tx: Tx,
    draft_id: int,
    step: str,
    wanted: Mapping[str, str | int | None],
    revision: int | None = None,
    inputs: Mapping[str, str] | None = None,
) -> None:
    """Name, group, form, due date of a step, ``inputs`` of its operator; what others changed elsewhere stays.

    Raises ``NotFound``, otherwise as ``workshop.save``.
    """

    def write(xml: bytes) -> bytes:
        operator = OPERATORS.get(Listed(editing.steps(xml), 0).find(step).operator)
        known = {each.name for each in operator.parameters} if operator else frozenset()
        return editing.change(xml, step, wanted, {key: text for key, text in (inputs or {}).items() if key in known})

    _write(tx, draft_id, _to_write_over(tx, draft_id, step, revision), write)


def _to_write_over(tx: Tx, draft_id: int, step: str, read: int | None) -> int | None:
    """The newest revision where only other steps differ from the one that was read, else that one."""
    path, now, newest = diagram(tx, draft_id, None)
    then = None if read is None else drafts.files(tx.session, draft_id, until=read).get(path)
    if then is None or _said_of(step, then.data) != _said_of(step, now):
        return read
    return newest


def _said_of(step: str, xml: bytes) -> Sequence[object]:
    """What the page of a step shows and changes of it."""
    found = [each for each in editing.steps(xml) if each.id == step]
    return [(each.tag, each.name, each.group, each.form, each.due, each.due_formula, each.inputs) for each in found]


def move(tx: Tx, draft_id: int, step: str, *, up: bool, revision: int | None = None) -> None:
    """A step before or after its neighbour; raises ``NotFound``, ``Conflict("step_not_straight")``."""
    _write(tx, draft_id, revision, lambda xml: arranging.move(xml, step, up=up))


def take_out(tx: Tx, draft_id: int, step: str, revision: int | None = None, *, with_all: bool = False) -> None:
    """The process without the step, and without what only it leads to if ``with_all``.

    Raises ``NotFound``, ``Conflict``: ``step_not_straight``, or ``step_not_alone`` when more would go unsaid.
    """

    def cut(xml: bytes) -> bytes:
        if not with_all and Listed(editing.steps(xml), 0).leaving(step):
            raise Conflict("step_not_alone")
        return arranging.take_out(xml, step)

    _write(tx, draft_id, revision, cut)


def add(tx: Tx, draft_id: int, after: str, way: str, kind: str, name: str, revision: int | None = None) -> str:
    """A new step on a way out of another, a "task" for the group that works there or an operator by name; gives its id.

    ``way`` may be empty where only one leads on. Raises ``NotFound``, ``Invalid`` without a name or a way, otherwise as
    ``workshop.save``.
    """
    made = ""

    def put(xml: bytes) -> bytes:
        nonlocal made
        before = Listed(editing.steps(xml), 0).find(after)
        ways = [each.id for each in before.ways]
        chosen = way or (ways[0] if len(ways) == 1 else "")
        is_kind = kind == "task" or kind in OPERATORS
        there = (("name", name), ("way", chosen in ways), ("kind", is_kind))
        lacking = [field for field, is_there in there if not is_there]
        if lacking:
            raise Invalid({field: (Problem("required"),) for field in lacking})
        if kind in OPERATORS:
            xml, made = editing.add(xml, chosen, "serviceTask", name, {("taskDefinition", "type"): kind})
        else:
            group = {("assignmentDefinition", "candidateGroups"): before.group}
            xml, made = editing.add(xml, chosen, "userTask", name, group)
        return xml

    _write(tx, draft_id, revision, put)
    return made


def put_deadline(
    tx: Tx, draft_id: int, step: str, name: str, days: int, *, ends_step: bool, revision: int | None = None
) -> str:
    """A deadline of some working days on a step, which ends it or not; gives the id of its event.

    Raises ``NotFound``, ``Invalid`` without a name, ``Conflict("step_not_straight")``, otherwise as ``workshop.save``.
    """
    if not name:
        raise Invalid({"name": (Problem("required"),)})
    made = ""

    def put(xml: bytes) -> bytes:
        nonlocal made
        xml, made = deadlines.put_on(xml, step, name, days, ends_step=ends_step)
        return xml

    _write(tx, draft_id, revision, put)
    return made


def _write(tx: Tx, draft_id: int, revision: int | None, change_it: Callable[[bytes], bytes]) -> None:
    path, xml, now = diagram(tx, draft_id, None)
    read = {path: now if revision is None else revision}
    drafts.unmoved(tx, draft_id, read)  # before the change: what it was about may be gone
    # One step of the list is one line of the history, however quickly the next follows: so undo takes back one.
    workshop.save(tx, draft_id, {path: change_it(xml)}, read, apart=True)


def changed_since(tx: Tx, draft_id: int, read: int) -> Comparison | None:
    """What others have changed in the diagram since a page of the list was made; None where there is no telling."""
    path, _xml, _now = diagram(tx, draft_id, None)
    return workshop.changed_since(tx, draft_id, path, read)
