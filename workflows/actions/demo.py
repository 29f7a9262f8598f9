"""A demonstration: users for every role, offices with harmless addresses, cases made by running the real processes."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import demo_cases, demo_inbox, demo_register, demo_workshop
from workflows.core.clock import Clock
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Tx, transaction
from workflows.domain import offices, people, seed

OFFICES = Path(__file__).parent / "data" / "demo_offices.yaml"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """An account of the demonstration; everybody may know its password."""

    name: str
    email: str
    role: str
    groups: tuple[str, ...] = ()
    password: str = "lotse-vorfuehrung"  # noqa: S105 public on purpose


DEMO_USERS = (
    DemoUser("Koordination Demo", "koordination@lotse.example", "coordinator", ("group:coordination",)),
    DemoUser("Jury Demo", "jury@lotse.example", "jury", ("group:jury",)),
    DemoUser("Leitung Demo", "leitung@lotse.example", "leadership", ("group:leadership", "group:jury")),
    DemoUser("Kulturamt Demo", "stelle@lotse.example", "office", ("culture_office",)),
    DemoUser("Prozessfreigabe Demo", "freigabe@lotse.example", "process_owner"),
    DemoUser("Prozessverantwortung Demo", "prozesse@lotse.example", "process_owner"),
    DemoUser("Revision Demo", "revision@lotse.example", "reviewer"),
    DemoUser("Betrieb Demo", "betrieb@lotse.example", "admin"),
)


def fill(sessions: sessionmaker[Session], settings: Settings, clock: Clock) -> None:
    """Add what is missing of the demonstration; may be repeated."""
    with transaction(sessions(), SYSTEM, clock, settings) as tx:
        seed.fill_demo_addresses(tx)
        describe_offices(tx)
        for user in DEMO_USERS:
            add_user(tx, user)
        coordinator = people.find_by_email(tx.session, DEMO_USERS[0].email)
        demo_register.fill(tx, coordinator.id if coordinator else None)
    now = clock.now()
    stage = demo_cases.stage_for(sessions, settings, now, (DEMO_USERS[0].email, DEMO_USERS[2].email))
    if demo_cases.play(stage, now):
        demo_inbox.arrange(stage)
    owner, second = (user.email for user in reversed(DEMO_USERS) if user.role == "process_owner")
    demo_workshop.arrange(lambda actor: transaction(sessions(), actor, clock, settings), owner, second)


def describe_offices(tx: Tx) -> None:
    """What the demonstration knows about offices, where nobody has said how full they are."""
    for key, known in yaml.safe_load(OFFICES.read_text(encoding="utf-8")).items():
        office = offices.find(tx.session, key)
        if office is not None and office.capacity == "unknown":
            offices.edit(tx, office.id, **known)


def add_user(tx: Tx, user: DemoUser) -> None:
    """The account, unless it is there."""
    if people.find_by_email(tx.session, user.email):
        return
    groups = [_group(tx, name) for name in user.groups]
    people.create(tx, user.email, user.name, roles=[user.role], groups=groups, password=user.password)


def _group(tx: Tx, name: str) -> str:
    """A group key; the key of an office stands for the group of its people."""
    office = offices.find(tx.session, name)
    return f"office:{office.id}" if office else name
