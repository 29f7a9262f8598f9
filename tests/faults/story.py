"""A story that keeps the worker busy, and everything that can be seen of how it went."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select, update

from tests.actions.conftest import House
from workflows import worker
from workflows.actions import confirming, inbox, invariants
from workflows.core import links
from workflows.core.audit.log import AuditEntry
from workflows.core.clock import SystemClock
from workflows.core.outbox import Mail
from workflows.core.smtp import DemoTransport
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine.events import Event
from workflows.engine.incidents import Incident
from workflows.engine.messages import Message
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

_UNNUMBERED = {"audit": re.compile(r"^(organisation|user):\d+$"), "mails": re.compile(r"^(task):\d+$")}

ACCEPT = {"answer": "accept", "contact_person": "Zimmer 3"}
REPORT = {"reported_outcome": "helped", "outcome_text": "Saal vergeben"}
TRIAGE = {
    "decision": "help",
    "summary": "Raum gesucht",
    "urgency": "normal",
    "support_level": "inform",
    "ways": ["refer"],
    "triage_note": "",
}
OFFICES = {"office": "culture_office", "other office": "sport_funding"}


@dataclass
class Story(House):
    """The house while nobody works in the background: what falls due waits for the worker of the test.

    ``undisturbed`` is what ``seen`` shows when the story ends without any fault.
    """

    undisturbed: Mapping[str, Counter[Any]] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """What a process of this house finds in its environment."""
        smtp = self.settings.smtp
        assert smtp is not None
        return {
            "DATABASE_URL": self.settings.database_url,
            "LOTSE_SECRET_KEY": self.settings.secret_key.decode(),
            "LOTSE_AUDIT_KEY": self.settings.audit_key.decode(),
            "LOTSE_PUBLIC_URL": self.settings.public_url,
            "LOTSE_INSTANCE": str(self.settings.instance),
            "LOTSE_MAIL_FROM": self.settings.mail_from,
            "LOTSE_SMTP_HOST": smtp.host,
            "LOTSE_SMTP_PORT": str(smtp.port),
            "LOTSE_SMTP_SECURITY": smtp.security,
        }

    @property
    def log(self) -> Path:
        """Where its processes write what they have to say."""
        return self.settings.instance / "processes.log"

    def work(self) -> None:
        """Nothing: here a process of its own works."""

    def catch_up(self) -> None:
        """Do all that is due, here and now, without any mail server."""
        worker.run_due(self.sessions, self.settings, SystemClock(), DemoTransport())

    def arrived(self) -> None:
        """An enquiry came in."""
        self.submit()

    def invited(self) -> None:
        """Two offices were asked and have their mails."""
        self.asked()
        self.catch_up()

    def asked(self) -> None:
        """An enquiry came in and was referred to two offices: two processes to start, all mails to send."""
        self.submit()
        self.refer(*OFFICES.values())

    def reminded(self) -> None:
        """Half of the time to answer is over for both offices: two timers are due."""
        self.asked()
        self.catch_up()
        with self.at() as tx:
            past = tx.now - timedelta(minutes=1)
            tx.session.execute(update(Timer).where(Timer.element_id == "half_time").values(due_at=past))

    def confirmed(self) -> None:
        """Both offices helped, the association says so: four messages between three processes, then the end."""
        self.asked()
        self.catch_up()
        for who in OFFICES:
            for element, values in (("answer_referral", ACCEPT), ("report_outcome", REPORT)):
                self.complete(who, element, values)
        token = self.status_token()
        for referral in range(1, len(OFFICES) + 1):
            with self.at("public") as tx:
                confirming.confirm(tx, token, "yes", referral)

    def status_token(self) -> str:
        """What stands in the link to the status page of the one case."""
        with self.at() as tx:
            case = tx.session.scalars(select(Case)).one()
            return links.token(links.issue(tx, "case_status", case.stream, case.stream), tx.settings)

    def complete(self, who: str, element: str, values: dict[str, Any]) -> None:
        """Complete the task of that element which is this person's own."""
        with self.at(who) as tx:
            own = select(Task.id).where(Task.group_key.in_(tx.actor.groups), Task.status == "open")
            inbox.complete(tx, tx.session.scalars(own.where(Task.element_id == element)).one(), values)

    def is_quiet(self) -> bool:
        """Whether nothing is left to do for a worker."""
        with self.at() as tx:
            left = (
                select(func.count()).where(Message.delivered_at.is_(None)),
                select(func.count()).where(Timer.status == "waiting", Timer.due_at <= tx.now),
                select(func.count()).where(Mail.status.in_(("waiting", "sending"))),
            )
            return not any(tx.session.scalar(each) for each in left)

    def let_leases_end(self) -> None:
        """What five minutes would do."""
        with self.at() as tx:
            tx.session.execute(update(Mail).where(Mail.lease_until.is_not(None)).values(lease_until=tx.now))

    def findings(self) -> list[invariants.Broken]:
        """What ``check-data`` says."""
        with self.at() as tx:
            return invariants.check(tx)

    def seen(self) -> dict[str, Counter[Any]]:
        """All that happened, each thing as often as it did, without what differs from run to run."""
        instance, is_delivered = Instance.subject, Message.delivered_at.is_not(None)
        queries: dict[str, Select[Any]] = {
            "cases": select(Case.id, Case.status, Case.outcome),
            "referrals": select(Referral.id, Referral.status, Referral.result),
            "instances": select(Instance.process_key, instance, Instance.status),
            "tasks": select(Task.subject, Task.element_id, Task.status, Task.group_key),
            "timers": select(instance, Timer.element_id, Timer.status).join(Instance),
            "messages": select(Message.kind, Message.name, Message.correlation_key, is_delivered),
            "mails": select(Mail.about, Mail.to_address, Mail.subject, Mail.status),
            "timeline": select(instance, Event.kind, Event.element_id).join(Event),
            "incidents": select(instance, Incident.code).join(Incident),
            "audit": select(AuditEntry.stream, AuditEntry.event, AuditEntry.actor, AuditEntry.object).where(
                AuditEntry.event != "audit.sealed"  # a worker that finds nothing else to do seals the day
            ),
        }
        with self.at() as tx:
            found = {name: Counter(tuple(row) for row in tx.session.execute(query)) for name, query in queries.items()}
        # A transaction that was cut off leaves gaps in the numbers of rows, which is no difference.
        unnumbered = {
            name: Counter(tuple(number.sub(r"\1", text) for text in row) for row in found[name].elements())
            for name, number in _UNNUMBERED.items()
        }
        return {**found, **unnumbered}
