"""Where scenarios are played: a prepared database, people of every role, and the one case a scenario is about."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import enquiries
from workflows.actions.correspondence import starting_variables as message_variables
from workflows.actions.scenarios import Scenario
from workflows.core.clock import BERLIN, SetClock
from workflows.core.errors import NotFound
from workflows.core.settings import Settings
from workflows.core.tx import PUBLIC, SYSTEM, Actor, Tx, transaction
from workflows.domain import (
    cases,
    funding,
    groups,
    invitations,
    offices,
    organisations,
    people,
    programmes,
    referrals,
    seed,
)
from workflows.domain.cases import Case, Enquiry
from workflows.domain.funding import Application
from workflows.domain.invitations import Invitation
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral, Terms
from workflows.engine import bundle, definitions, messages, runtime
from workflows.engine.messages import Message, Subscription
from workflows.engine.state import Instance
from workflows.operators import ENGINE, catalogue
from workflows.operators.funding import starting_variables as application_variables
from workflows.operators.referrals import starting_variables

PEOPLE = {
    "coordination": ("Koordination (Probe)", "koordination@probe.example", "coordinator"),
    "leadership": ("Leitung (Probe)", "leitung@probe.example", "leadership"),
    "jury": ("Jury (Probe)", "jury@probe.example", "jury"),
    "jury_other": ("Zweites Jurymitglied (Probe)", "jury-2@probe.example", "jury"),
}
BEGINNING = time(10)
"""When the day of a scenario begins, in Berlin."""
LONGEST = 8.0
"""Seconds a trial may take in the running house: on SQLite everybody else waits for it, ten seconds at most."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One scenario's case and the clock that stands still until it is moved."""

    sessions: sessionmaker[Session]
    settings: Settings
    clock: SetClock
    case_id: int = 0
    until: float = inf

    @property
    def is_late(self) -> bool:
        """Whether the scenario has taken longer than it may."""
        return monotonic() > self.until

    def begin(self, actor: Actor = SYSTEM) -> AbstractContextManager[Tx]:
        """A transaction of its own."""
        return transaction(self.sessions(), actor, self.clock, self.settings)

    def case(self, tx: Tx) -> Case:
        """The case of the scenario."""
        return tx.session.get_one(Case, self.case_id)

    def referrals(self, tx: Tx) -> dict[str, Referral]:
        """Its referrals by office key; the newest where an office was asked twice."""
        rows = referrals.of_case(tx.session, self.case_id)
        return {tx.session.get_one(Office, row.office_id).key: row for row in rows}

    def invitations(self, tx: Tx) -> list[Invitation]:
        """The associations asked to join in, oldest first."""
        return invitations.of_case(tx.session, self.case_id)

    def subjects(self, tx: Tx) -> list[str]:
        """What the instances of the scenario are about."""
        return list(tx.session.scalars(_SUBJECTS, {"case_id": self.case_id}))

    def instances(self, tx: Tx) -> list[Instance]:
        """The instances of the scenario in the order they began."""
        return list(tx.session.scalars(_INSTANCES, {"case_id": self.case_id}))

    def deliverable(self, tx: Tx) -> int | None:
        """The oldest message of the scenario that somebody waits for."""
        return tx.session.scalar(_DELIVERABLE, {"case_id": self.case_id})


# A scenario asks these after every step, so they are built once.
_CASE = bindparam("case_id", type_=Integer)


def _keys(prefix: str, model: type[Referral | Application | Invitation]) -> Select[tuple[str]]:
    return select(literal(prefix).concat(model.id)).where(model.case_id == _CASE)


_ABOUT = (
    select(literal("case:").concat(Case.id)).where(Case.id == _CASE),
    _keys("referral:", Referral),
    _keys("application:", Application),
)
_SUBJECTS = union_all(*_ABOUT)
_INSTANCES = select(Instance).where(Instance.subject.in_(_SUBJECTS)).order_by(Instance.id)
_KEYS = union_all(*_ABOUT, select(Case.reference).where(Case.id == _CASE), _keys("invitation:", Invitation))
_IS_AWAITED = exists().where(Subscription.name == Message.name, Subscription.correlation_key == Message.correlation_key)
_DELIVERABLE = (
    select(Message.id)
    .where(
        Message.delivered_at.is_(None),
        or_(
            and_(Message.kind == "start", Message.subject.in_(_SUBJECTS)),
            and_(Message.correlation_key.in_(_KEYS), _IS_AWAITED),
        ),
    )
    .order_by(Message.id)
    .limit(1)
)


def prepare(sessions: sessionmaker[Session], settings: Settings, bundle_folder: Path) -> None:
    """First contents, people, and every bundle beside ``bundle_folder``; changes nothing when repeated."""
    clock = SetClock(datetime(2026, 1, 1, tzinfo=BERLIN))
    with transaction(sessions(), SYSTEM, clock, settings) as tx:
        seed.load(tx)
        call_people(tx)
        for folder in bundles_beside(bundle_folder):
            definitions.deploy(tx, bundle.read(folder), catalogue(tx))


def call_people(tx: Tx) -> None:
    """Let the people of ``PEOPLE`` have accounts, and one for each other group; those who have none yet."""
    for group, (name, email, role) in PEOPLE.items():
        _call(tx, email, name, role, f"group:{group.partition('_')[0]}")
    for other in groups.every(tx.session):
        word = other.key.removeprefix("group:")
        if other.key != word and word not in PEOPLE:
            _call(tx, _address(word), f"{other.name} (Probe)", "coordinator", other.key)


def _call(tx: Tx, email: str, name: str, role: str, group: str) -> None:
    if people.find_by_email(tx.session, email) is None:
        people.create(tx, email, name, roles=[role], groups=[group])


def _address(name: str) -> str:
    return PEOPLE[name][1] if name in PEOPLE else f"{name}@probe.example"


def bundles_beside(bundle_folder: Path) -> Iterator[Path]:
    """A process may start others, so all that lie side by side are deployed together."""
    for folder in sorted(bundle_folder.resolve().parent.iterdir()):
        if (folder / f"{folder.name}.bpmn").is_file():
            yield folder


def soon() -> float:
    """Until when a trial that begins now may take."""
    return monotonic() + LONGEST


def open_on(sessions: sessionmaker[Session], settings: Settings, scenario: Scenario, until: float = inf) -> Stage:
    """The stage of a scenario with its case open and its first instance on the way; raises ``Invalid``."""
    clock = SetClock(datetime.combine(scenario.day, BEGINNING, tzinfo=BERLIN))
    stage = Stage(sessions, settings, clock)
    with stage.begin() as tx:
        seed.fill_demo_addresses(tx)
        for key in scenario.offices_without_address:
            _office(tx, key).email = ""
        for key, left in scenario.pots.items():
            programmes.set_pot(tx, key, scenario.day.year, Decimal(left))
    with stage.begin(PUBLIC if scenario.begins_with_enquiry else SYSTEM) as tx:
        if scenario.referral:
            case = _ask_office(tx, scenario)
        elif scenario.funding:
            case = _advise(tx, scenario)
        elif scenario.message:
            case = _write(tx, scenario)
        elif scenario.process:
            case = _start(tx, scenario)
        else:
            case, _ = enquiries.submit(tx, scenario.enquiry, scenario.language)
        return Stage(sessions, settings, clock, case.id, until)


def _ask_office(tx: Tx, scenario: Scenario) -> Case:
    """Without the enquiry's diagram: a case, of which one office is asked as the operator would do it."""
    case = _case(tx, scenario)
    terms = dict(scenario.referral)
    office = _office(tx, terms.pop("office"))
    referral = referrals.offer(tx, case.id, office.id, Terms(**terms))
    messages.start(tx, "referral", starting_variables(tx, case, referral, office), subject=referral.key)
    return case


def _advise(tx: Tx, scenario: Scenario) -> Case:
    """Without the enquiry's diagram: a case whose association is advised on funding."""
    case = _case(tx, scenario)
    application = funding.open_new(tx, case.id)
    messages.start(tx, "funding", application_variables(tx, case, application), subject=application.key)
    return case


def _write(tx: Tx, scenario: Scenario) -> Case:
    """Without the enquiry's diagram: a case about which somebody writes to the office."""
    case = _case(tx, scenario)
    cases.add_message(tx, case.id, scenario.message)
    messages.start(tx, "message", message_variables(case, scenario.message, 0), subject=case.stream)
    return case


def _start(tx: Tx, scenario: Scenario) -> Case:
    """A case about which a process begins that nothing in the house begins, as by its own start event.

    By one that waits for a message or a moment it begins at once, about the case, with what the story says came along.
    """
    case, values = _case(tx, scenario), with_accounts(tx, scenario.values)
    if not scenario.at:
        messages.start(tx, scenario.process, values, subject=case.stream)
        return case
    parsed = definitions.active(tx.session, scenario.process).process
    if scenario.at not in (each.id for each in parsed.starts(scenario.process)):
        raise NotFound("start_unknown", start=scenario.at, process=scenario.process)
    runtime.start(tx, ENGINE, scenario.process, values, subject=case.stream, at=scenario.at)
    return case


def _case(tx: Tx, scenario: Scenario) -> Case:
    enquiry = Enquiry(**scenario.enquiry)
    case = cases.open_new(tx, enquiry, channel="form", language=scenario.language, details={}, dedupe_key=None)
    # Somebody has looked at it before it came this far, so its association is in the register.
    known = organisations.remember(tx, case.organisation_name)
    case.organisation_id = known.id if known else None
    return case


def _office(tx: Tx, key: str) -> Office:
    office = offices.find(tx.session, key)
    if office is None:
        raise NotFound("office_unknown", office=key)
    return office


def with_accounts(tx: Tx, values: Any) -> Any:
    """The values of a step with ``person:jury`` replaced by the key of that person's account, ``user:12``."""
    if isinstance(values, Mapping):
        return {name: with_accounts(tx, value) for name, value in values.items()}
    if isinstance(values, list):
        return [with_accounts(tx, value) for value in values]
    if isinstance(values, str) and values.startswith("person:"):
        return f"user:{person(tx, values.removeprefix('person:')).user_id}"
    return values


def person(tx: Tx, name: str) -> Actor:
    """The person of ``PEOPLE``, or of a group, as the one who acts; raises ``NotFound``."""
    user = people.find_by_email(tx.session, _address(name))
    if user is None:
        raise NotFound("person_unknown", person=name)
    return people.actor(tx.session, user)
