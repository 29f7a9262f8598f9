"""The whole house for one test: seeded, the real bundles deployed, one coordinator and one office at work."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.prepared import first_contents
from workflows import worker
from workflows.actions import enquiries, inbox
from workflows.core import links
from workflows.core.clock import SetClock
from workflows.core.links import Link
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.core.tx import PUBLIC, SYSTEM, Actor, Tx
from workflows.domain import offices, people
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine.incidents import Incident
from workflows.engine.tasks import Task

BUNDLES = Path(__file__).parents[2] / "bpmn"

ENQUIRY: Mapping[str, Any] = {
    "choice": "rooms",
    "kind": "need",
    "topics": ["rooms", "culture"],
    "text": "Wir suchen einen Raum für unser Fest.",
    "on_behalf": False,
    "organisation_name": "Brücke e.V.",
    "contact_name": "Frau Beispiel",
    "reach_by": "mail",
    "contact_email": "bruecke@verein.example",
    "consent_share": True,
}


@dataclass
class House:
    """Everything a story needs; ``work`` lets the worker do all that is due."""

    begin: Begin
    sessions: sessionmaker[Session]
    settings: Settings
    clock: SetClock
    actors: dict[str, Actor] = field(default_factory=dict)

    def at(self, who: str = "system") -> AbstractContextManager[Tx]:
        """A transaction of one of the actors."""
        return self.begin(self.actors[who])

    def work(self) -> None:
        """The worker, until nothing is due; afterwards nothing may be stuck."""
        worker.run_due(self.sessions, self.settings, self.clock, DemoTransport())
        with self.at() as tx:
            stuck = [(each.element_id, each.code, each.facts) for each in tx.session.scalars(select(Incident))]
        assert stuck == []

    def submit(
        self, values: Mapping[str, Any] = ENQUIRY, key: str | None = None, channel: str = "form"
    ) -> tuple[Case, str]:
        """An enquiry, by the public form unless told otherwise; gives the case and the token of its status page."""
        with self.at("public" if channel == "form" else "coordinator") as tx:
            case, link = enquiries.submit(tx, values, "ar", key, channel=channel)
            token = links.token(link, self.settings)
        self.work()
        return case, token

    def do(self, who: str, element_id: str, values: Mapping[str, Any]) -> None:
        """One person completes the one open task of that element."""
        with self.at(who) as tx:
            task = tx.session.scalars(select(Task).where(Task.element_id == element_id, Task.status == "open")).one()
            inbox.complete(tx, task.id, values)
        self.work()

    def refer(self, *names: str) -> None:
        """The coordinator sends the one open enquiry to these offices."""
        self.decide_to_refer()
        self.choose(*names)

    def decide_to_refer(self) -> None:
        """The coordinator has looked at the one open enquiry: an office is to help."""
        triage = {"decision": "help", "summary": "Raum gesucht", "urgency": "normal", "support_level": "inform"}
        self.do("coordinator", "triage", {**triage, "ways": ["refer"], "triage_note": ""})

    def choose(self, *names: str, share: Sequence[str] = ("text", "topics", "contact_name")) -> None:
        """The coordinator says which offices, and what they may see."""
        choice = {
            "offices": ["other"],
            "more_offices": list(names),
            "reason": "Sie vergeben Räume für Kultur.",
            "share": list(share),
            "legal_basis": "consent",
            "deadline_days": 10,
        }
        self.do("coordinator", "choose_offices", choice)

    def office_token(self, name: str = "culture_office") -> str:
        """What stands in the link of the mail to an office."""
        with self.at() as tx:
            office = offices.find(tx.session, name)
            assert office is not None
            referral = select(Referral.id).where(Referral.office_id == office.id).order_by(Referral.id.desc()).limit(1)
            target = f"referral:{tx.session.scalar(referral)}"
            return links.token(tx.session.scalars(select(Link).where(Link.target == target)).one(), self.settings)

    def status_of(self, case: Case) -> str:
        """Where the case stands."""
        with self.at() as tx:
            return tx.session.get_one(Case, case.id).status


def open_house(begin: Begin) -> dict[str, Actor]:
    """First contents, the real bundles, and people: gives who can act, by name."""
    with begin() as tx:
        first_contents(tx)
        own, other = offices.by_keys(tx.session, ["culture_office", "sport_funding"])
        actors = {"system": SYSTEM, "public": PUBLIC}
        for name, role, group in (
            ("coordinator", "coordinator", "group:coordination"),
            ("deputy", "coordinator", "group:coordination"),
            ("leadership", "leadership", "group:leadership"),
            ("office", "office", own.group),
            ("other office", "office", other.group),
        ):
            user = people.create(tx, f"{name.replace(' ', '-')}@stadt.example", name, roles=[role], groups=[group])
            actors[name] = people.actor(tx.session, user)
    return actors


@pytest.fixture
def house(begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> House:
    """The house, open for business."""
    return House(begin, sessions, settings, clock, open_house(begin))
