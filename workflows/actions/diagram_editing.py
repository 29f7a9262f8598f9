"""What the editors of a diagram ask for: what may be chosen, which variables are known, mending what is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from workflows.actions import workshop
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.people import Group
from workflows.engine import drafts
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Operator
from workflows.engine.checks import check, known, mending
from workflows.engine.checks.known import Known
from workflows.engine.content import Content, read_content
from workflows.engine.editing.laying_out import drawn
from workflows.engine.findings import Finding
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.operators import OPERATORS, catalogue

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything a diagram may name here, each as key and name; ``lists`` by operator and parameter."""

    forms: Pairs
    groups: Pairs
    decisions: Pairs
    processes: Pairs
    texts: Sequence[str]
    operators: Sequence[Operator]
    lists: Mapping[tuple[str, str], Pairs]


def choices(tx: Tx, bundle: Bundle, language: str) -> Choices:
    """What the elements of a diagram in this bundle may name."""
    content = read_content(bundle, OFFICE_FUNCTIONS)
    groups = tx.session.execute(select(Group.key, Group.name).order_by(Group.name)).tuples().all()
    return Choices(
        forms=sorted((form_id, _titled(content, form_id)) for form_id in content.forms),
        groups=[pair for pair in groups if pair[0].startswith("group:")],
        decisions=sorted((key, _decision_name(content, key)) for key in content.decisions),
        processes=_processes(content),
        texts=sorted({name for name, _ in content.texts}),
        operators=sorted(OPERATORS.values(), key=lambda each: each.label),
        lists={
            (operator.name, each.name): _entries(tx, each.code_list, language)
            for operator in OPERATORS.values()
            for each in operator.parameters
            if each.code_list
        },
    )


def _titled(content: Content, form_id: str) -> str:
    """A form has no name of its own: it is called after the task that shows it."""
    elements = content.parsed.elements.values() if content.parsed else ()
    shown_at = next((each.name for each in elements if each.form_id == form_id and each.name), "")
    return f"{form_id} ({shown_at})" if shown_at else form_id


def _decision_name(content: Content, key: str) -> str:
    decision = content.decisions[key].decisions.get(key)
    return (decision.name if decision is not None else "") or key


def _processes(content: Content) -> Pairs:
    found = content.parsed.processes.values() if content.parsed else ()
    return [(each.id, each.name or each.id) for each in found if each.parent is None]


def _entries(tx: Tx, name: str, language: str) -> Pairs:
    return [
        (entry.key, codes.label(tx.session, name, entry.key, language)) for entry in codes.entries(tx.session, name)
    ]


def variables(tx: Tx, draft_id: int, place: str) -> list[Known]:
    """The variables known at an element or flow of a draft; raises ``NotFound``."""
    return known.known_at(drafts.bundle_of(tx.session, workshop.draft(tx, draft_id)), catalogue(tx), place)


def diagram(tx: Tx, draft_id: int, path: str | None) -> tuple[str, bytes, int]:
    """Path, content and revision of a diagram of a draft, by default the main one; raises ``NotFound``.

    One that was kept without a drawing has got one here, which stays with the next change of it.
    """
    found = workshop.draft(tx, draft_id)
    held = drafts.files(tx.session, draft_id)
    wanted = path or f"{found.process_key}.bpmn"
    if wanted not in held or not wanted.endswith(".bpmn"):
        raise NotFound("not_found", kind="file")
    return wanted, drawn(held[wanted].data), held[wanted].revision


MOST_TRIED = 40
"""Of so many findings mending is tried; a diagram with more is beyond single repairs."""


def examined(tx: Tx, draft_id: int) -> tuple[list[Finding], frozenset[tuple[str, str, str]]]:
    """What is wrong with a draft, and file, element and code of what ``mend`` can take care of; raises ``NotFound``."""
    bundle, offered = drafts.bundle_of(tx.session, workshop.draft(tx, draft_id)), catalogue(tx)
    found = check(bundle, offered)
    tried = (each for each in found[:MOST_TRIED] if mending.is_mendable(bundle, offered, each))
    return found, frozenset((each.file, each.element, each.code) for each in tried)


def mend(tx: Tx, draft_id: int, file: str, element: str, code: str) -> tuple[str, ...]:
    """Mend one finding, named by its place and code; gives the files that changed.

    Raises ``NotFound``, ``Conflict("nothing_to_mend")`` when it is there no more or nobody but a person can say.
    """
    draft = workshop.draft(tx, draft_id)
    bundle, offered = drafts.bundle_of(tx.session, draft), catalogue(tx)
    found = (each for each in check(bundle, offered) if (each.file, each.element, each.code) == (file, element, code))
    for finding in found:
        changed = mending.mend(bundle, offered, finding)
        if changed is not None:
            workshop.save(tx, draft.id, changed)
            return tuple(changed)
    raise Conflict("nothing_to_mend")
