"""What is before a jury (Kommission, Jury): the pots with their applications in rank, and one with all it says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Select, or_, select

from workflows import policy
from workflows.core.clock import BERLIN
from workflows.core.errors import NotFound
from workflows.core.files import File
from workflows.core.tx import Tx
from workflows.domain import people, programmes, ranking, recusals
from workflows.domain.cases import Case
from workflows.domain.cost_plan import NOTHING
from workflows.domain.funding import Application
from workflows.domain.programmes import Programme, ProgrammeYear
from workflows.engine.definitions import Definition, load
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

UNDECIDED = ("submitted", "incomplete")
KEPT = timedelta(days=365)
"""How long an application stays in the list once it is decided."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One application; ``place`` counts the rated ones of its pot, ``is_above_cut`` says whether the money reaches it.

    ``tasks`` are those the actor may do now.
    """

    application: Application
    association: str
    programme: Programme
    place: int | None = None
    is_above_cut: bool = True
    tasks: tuple[Task, ...] = ()

    @property
    def status(self) -> str:
        """How it stands, or how it ended."""
        row = self.application
        return (row.result or row.status) if row.status == "closed" else row.status


@dataclass(frozen=True, slots=True)
class Pot:
    """The money of one programme and year, live: ``left`` is what nobody was promised; both None where unknown.

    ``asked`` is what the undecided ask for together; they stand in rank, the unrated last.
    """

    programme: Programme
    year: int | None
    total: Decimal | None
    left: Decimal | None
    asked: Decimal
    undecided: list[Candidate]
    decided: list[Candidate]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One application as a jury reads it: its process with what was asked and answered, and the papers handed in."""

    candidate: Candidate
    pot: ProgrammeYear | None
    process: tuple[Instance, Definition] | None
    files: Sequence[File]

    @property
    def internal_forms(self) -> frozenset[str]:
        """The forms of what the coordination does alone: advice and reviews are between it and the association."""
        if self.process is None:
            return frozenset()
        return frozenset(
            element.form_id
            for element in self.process[1].process.elements.values()
            if element.form_id
            and element.assignment.candidate_groups == people.GROUP_OF_ROLE["coordinator"]
            and not element.assignment.is_shared
        )


def read(tx: Tx) -> list[Pot]:
    """The pots of all applications before the actor's juries, those with something to decide first.

    Who works on cases reads those of every jury.
    """
    since = tx.now.astimezone(BERLIN).date() - KEPT
    found = tx.session.execute(
        _query(tx)
        .where(Programme.decision == "jury")
        .where(or_(Application.status.in_(UNDECIDED), Application.decided_on >= since))
        .order_by(Programme.position, Application.year.desc(), Application.id)
    )
    by_pot: dict[tuple[int, int | None], list[Candidate]] = {}
    for application, case, programme in found:
        candidate = Candidate(application, _association(case), programme)
        by_pot.setdefault((programme.id, application.year), []).append(candidate)
    return sorted((_pot(tx, candidates) for candidates in by_pot.values()), key=lambda pot: not pot.undecided)


def sheet(tx: Tx, application_id: int) -> Sheet:
    """One application for which a programme is chosen; raises ``NotFound``, ``recused`` for who is biased about it."""
    found = tx.session.execute(_query(tx).where(Application.id == application_id)).one_or_none()
    if found is None:
        is_biased = recusals.is_biased(tx.session, tx.actor.user_id, application_id)
        raise NotFound("recused" if is_biased else "not_found", kind="application")
    application, case, programme = found
    tasks = _tasks(tx, [application]).get(application.key, ())
    mine = policy.allowed(tx, policy.INSTANCE_READ, select(Instance)).where(Instance.subject == application.key)
    instance = tx.session.scalar(mine.order_by(Instance.id.desc()).limit(1))
    papers = policy.allowed(tx, policy.FILE_READ, select(File)).where(File.subject == application.key)
    return Sheet(
        candidate=Candidate(application, _association(case), programme, tasks=tasks),
        pot=_money(tx, application),
        process=(instance, load(tx.session, instance.version_id)) if instance is not None else None,
        files=tx.session.scalars(papers.order_by(File.id)).all(),
    )


def _query(tx: Tx) -> Select[tuple[Application, Case, Programme]]:
    query = policy.allowed(tx, policy.BOARD_READ, select(Application, Case, Programme))
    return query.join(Case, Case.id == Application.case_id).join(Programme, Programme.id == Application.programme_id)


def _association(case: Case) -> str:
    return case.organisation_name or case.contact_name


def _money(tx: Tx, application: Application) -> ProgrammeYear | None:
    if application.programme_id is None or application.year is None:
        return None
    return programmes.pot(tx.session, application.programme_id, application.year)


def _pot(tx: Tx, candidates: list[Candidate]) -> Pot:
    first = candidates[0]
    money = _money(tx, first.application)
    undecided = [each for each in candidates if each.application.status in UNDECIDED]
    tasks = _tasks(tx, [each.application for each in undecided])
    return Pot(
        programme=first.programme,
        year=first.application.year,
        total=money.total if money else None,
        left=money.remaining if money else None,
        asked=sum((each.application.requested or NOTHING for each in undecided), NOTHING),
        undecided=[
            replace(each, tasks=tasks.get(each.application.key, ()))
            for each in _ranked(tx, undecided, money.remaining if money else None)
        ],
        decided=[each for each in candidates if each.application.status not in UNDECIDED],
    )


def _ranked(tx: Tx, candidates: list[Candidate], left: Decimal | None) -> Iterator[Candidate]:
    """Among all for the same pot, also those the actor may not read; who has no place yet comes behind."""
    others = {each.application.id: each for each in candidates}
    first = next(iter(others.values()), None)
    for rated in ranking.ranked(ranking.rivals(tx.session, first.application) if first else (), left):
        if (candidate := others.pop(rated.application.id, None)) is not None:
            yield replace(candidate, place=rated.place, is_above_cut=rated.is_above_cut)
    yield from others.values()


def _tasks(tx: Tx, applications: Sequence[Application]) -> dict[str, tuple[Task, ...]]:
    """What the actor may do about these now, by the key of the application."""
    keys = [application.key for application in applications]
    query = policy.allowed(tx, policy.TASK_WORK, select(Task)).where(Task.subject.in_(keys), Task.status == "open")
    found: dict[str, tuple[Task, ...]] = {}
    for task in tx.session.scalars(query.order_by(Task.id)):
        found[task.subject] = (*found.get(task.subject, ()), task)
    return found
