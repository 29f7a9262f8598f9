"""Cases of a demonstration: the real processes, played through the past weeks by people who do not exist."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import (
    attachments,
    case_status,
    cases,
    clockwork,
    confirming,
    contacts,
    correspondence,
    enquiries,
    inbox,
    invitations,
    referrals,
)
from workflows.actions.attachments import Upload
from workflows.core import links, workdays
from workflows.core.clock import BERLIN, SetClock
from workflows.core.links import Link
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.core.tx import PUBLIC, SYSTEM, Actor, Tx, transaction
from workflows.domain import letters, people
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.invitations import Invitation
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

DATA = Path(__file__).parent / "data" / "demo_cases.yaml"
MORNING = time(9, 0)
SAMPLE = b"%PDF-1.4\n% an invented file\n%%EOF\n"
BETWEEN_CASES = timedelta(minutes=7)

Step = Mapping[str, Any]


@dataclass
class Stage:
    """Where the demonstration is played; ``tokens`` are the status links by case number of the play."""

    sessions: sessionmaker[Session]
    settings: Settings
    clock: SetClock
    coordinator: Actor
    leadership: Actor
    tokens: dict[int, str] = field(default_factory=dict)
    case_ids: dict[int, int] = field(default_factory=dict)

    def at(self, actor: Actor = SYSTEM) -> AbstractContextManager[Tx]:
        """A transaction at the play's moment."""
        return transaction(self.sessions(), actor, self.clock, self.settings)

    def work(self) -> None:
        """Everything that is due now."""
        clockwork.run_due(self.sessions, self.settings, self.clock, DemoTransport())

    def advance(self, moment: datetime) -> None:
        """Let time pass; what falls due on the way happens at its own moment."""
        while True:
            with self.at() as tx:
                query = select(func.min(Timer.due_at)).where(Timer.status == "waiting", Timer.due_at <= moment)
                due = tx.session.scalar(query.where(Timer.due_at > tx.now))
            if due is None:
                break
            self.clock.set(due)
            self.work()
        self.clock.set(moment)
        self.work()


def play(stage: Stage, now: datetime) -> int:
    """Play every case up to ``now``, unless there are cases already; gives how many were played."""
    with stage.at() as tx:
        if tx.session.scalar(select(Case.id).limit(1)) is not None:
            return 0
    stories = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    for moment, number, step in _in_order(stories, now):
        stage.advance(moment)
        _play_step(stage, number, step)
        stage.work()
    stage.advance(now)
    return len(stage.case_ids)


def stage_for(sessions: sessionmaker[Session], settings: Settings, now: datetime, names: tuple[str, str]) -> Stage:
    """A stage whose clock stands before the first case; ``names`` are the addresses of coordinator and leadership."""
    clock = SetClock(now - timedelta(days=60))
    with transaction(sessions(), SYSTEM, clock, settings) as tx:
        coordinator, leadership = (_actor(tx, email) for email in names)
    return Stage(sessions, settings, clock, coordinator, leadership)


def _actor(tx: Tx, email: str) -> Actor:
    user = people.find_by_email(tx.session, email)
    assert user is not None
    return people.actor(tx.session, user)


def _in_order(stories: list[dict[str, Any]], now: datetime) -> list[tuple[datetime, int, Step]]:
    """Every step of every story with its moment, as far as it lies in the past; offices work on working days only."""
    steps: list[tuple[datetime, int, Step]] = []
    for number, story in enumerate(stories):
        opened = now - timedelta(days=story["ago"])
        steps.append((opened, number, story))
        for place, step in enumerate(story["steps"], start=1):
            moment = max(_morning(opened + timedelta(days=step["after"])), opened)
            steps.append((moment + number * BETWEEN_CASES + place * timedelta(minutes=1), number, step))
    return sorted((step for step in steps if step[0] < now), key=lambda step: step[0])


def _morning(moment: datetime) -> datetime:
    day = workdays.next_working_day(moment.astimezone(BERLIN).date())
    return datetime.combine(day, MORNING, BERLIN)


def _play_step(stage: Stage, number: int, step: Step) -> None:
    for verb, play_verb in VERBS.items():
        if verb in step:
            play_verb(stage, number, step)
            return
    raise ValueError(f"no verb in {sorted(step)}")


def _enquire(stage: Stage, number: int, step: Step) -> None:
    values = {"reach_by": "mail", "on_behalf": False, "consent_share": True, **step["enquiry"]}
    language = values.pop("language")
    with stage.at(PUBLIC) as tx:
        case, link = enquiries.submit(tx, values, language)
        stage.tokens[number] = links.token(link, stage.settings)
        stage.case_ids[number] = case.id


def _triage(stage: Stage, number: int, step: Step) -> None:
    _complete(
        stage,
        stage.coordinator,
        number,
        "triage",
        {
            "decision": "help",
            "summary": step["summary"],
            "urgency": step.get("urgency", "normal"),
            "support_level": step.get("support_level", "accompany"),
            "ways": step["triage"],
            "triage_note": "",
        },
    )


def _decline(stage: Stage, number: int, step: Step) -> None:
    _complete(stage, stage.coordinator, number, "triage", {"decision": "decline", "triage_note": ""})


def _choose(stage: Stage, number: int, step: Step) -> None:
    values = {
        "offices": ["other"],
        "more_offices": step["choose"],
        "reason": step["reason"],
        "share": ["topics", "text", "language", "organisation_name", "contact_name", "contact_email"],
        "legal_basis": "consent",
        "deadline_days": step.get("days", 10),
        **step.get("terms", {}),
    }
    _complete(stage, stage.coordinator, number, "choose_offices", values)


def _task(stage: Stage, number: int, step: Step) -> None:
    """A step of the coordination, or of the account whose address ``by`` names."""
    with stage.at() as tx:
        actor = _actor(tx, step["by"]) if "by" in step else stage.coordinator
        values = _filled_in(tx, step["values"])
    _complete(stage, actor, number, step["task"], values)


def _filled_in(tx: Tx, values: Any) -> Any:
    """``account:ADDRESS`` becomes the key of that account, ``day:-30`` the day thirty days before, ``day:5T17:30``
    a moment."""
    if isinstance(values, Mapping):
        return {name: _filled_in(tx, value) for name, value in values.items()}
    if isinstance(values, list):
        return [_filled_in(tx, value) for value in values]
    if isinstance(values, str) and values.startswith("account:"):
        return f"user:{_actor(tx, values.removeprefix('account:')).user_id}"
    if isinstance(values, str) and values.startswith("day:"):
        days, at, clock = values.removeprefix("day:").partition("T")
        return (tx.now.astimezone(BERLIN).date() + timedelta(days=int(days))).isoformat() + at + clock
    return values


def _complete(stage: Stage, actor: Actor, number: int, element_id: str, values: Mapping[str, Any]) -> None:
    with stage.at(actor) as tx:
        case_id = stage.case_ids[number]
        asked = tx.session.scalars(select(Referral.id).where(Referral.case_id == case_id))
        applied = tx.session.scalars(select(Application.id).where(Application.case_id == case_id))
        subjects = [f"case:{case_id}", *(f"referral:{referral}" for referral in asked)]
        subjects += [f"application:{application}" for application in applied]
        query = select(Task.id).where(Task.subject.in_(subjects), Task.element_id == element_id, Task.status == "open")
        inbox.complete(tx, tx.session.scalars(query).one(), values)


def _opens(stage: Stage, number: int, step: Step) -> None:
    token = _office_token(stage, number, step["opens"])
    with stage.at(PUBLIC) as tx:
        referrals.open(tx, token)


def _office(stage: Stage, number: int, step: Step) -> None:
    token = _office_token(stage, number, step["office"])
    with stage.at(PUBLIC) as tx:
        referrals.open(tx, token)
        task_id = referrals.page(tx, token).tasks[0].task.id
    with stage.at(PUBLIC) as tx:
        referrals.answer(tx, token, task_id, _filled_in(tx, step["answer"]))


def _office_token(stage: Stage, number: int, name: str) -> str:
    """What the office finds in its mail."""
    with stage.at() as tx:
        query = select(Referral.id).join(Office, Office.id == Referral.office_id)
        of_case = query.where(Referral.case_id == stage.case_ids[number], Office.key == name)
        target = f"referral:{tx.session.scalars(of_case.order_by(Referral.id.desc())).first()}"
        link = select(Link).where(Link.target == target, Link.revoked_at.is_(None)).order_by(Link.id.desc())
        return links.token(tx.session.scalars(link.limit(1)).one(), stage.settings)


def _confirm(stage: Stage, number: int, step: Step) -> None:
    token = stage.tokens[number]
    with stage.at(PUBLIC) as tx:
        asks = [ask for ask in case_status.read(tx, token).asks if ask.referral_id is not None]
        confirming.confirm(tx, token, step["confirm"], asks[0].referral_id)


def _tap(stage: Stage, number: int, step: Step) -> None:
    with stage.at(PUBLIC) as tx:
        confirming.confirm(tx, stage.tokens[number], step["tap"])


def _withdraw(stage: Stage, number: int, step: Step) -> None:
    with stage.at(PUBLIC) as tx:
        enquiries.withdraw(tx, stage.tokens[number])


def _consent(stage: Stage, number: int, step: Step) -> None:
    with stage.at(PUBLIC) as tx:
        enquiries.withdraw_consent(tx, stage.tokens[number])


def _joins(stage: Stage, number: int, step: Step) -> None:
    with stage.at() as tx:
        query = select(Invitation).where(Invitation.case_id == stage.case_ids[number]).order_by(Invitation.id.desc())
        invited = tx.session.scalars(query.limit(1)).one()
        token = links.token(links.issue(tx, "invitation", invited.key, invited.email), stage.settings)
    with stage.at(PUBLIC) as tx:
        invitations.answer(tx, token, "join", step["joins"])


def _note(stage: Stage, number: int, step: Step) -> None:
    with stage.at(stage.coordinator) as tx:
        cases.add_note(tx, stage.case_ids[number], step["note"], is_shared=step.get("shared", False))


def _letter(stage: Stage, number: int, step: Step) -> None:
    """A letter as a step of a process would have written it."""
    with stage.at() as tx:
        kept = {"address": step["address"], "language": "de", "subject": step["letter"], "text": step["text"]}
        letters.keep(tx, stage.case_ids[number], key=f"demo/{number}/{step['after']}", **kept)


def _talk(stage: Stage, number: int, step: Step) -> None:
    """The coordination notes a contact; ``again`` says in how many days it comes back."""
    with stage.at(stage.coordinator) as tx:
        today = contacts.today(tx)
        typed = {"held_on": today.isoformat(), **{name: step[name] for name in ("who", "text", "office_task")}}
        if "again" in step:
            typed["follow_up_on"] = (today + timedelta(days=step["again"])).isoformat()
        contacts.log(tx, {**typed, "kind": step["talk"]}, case_id=stage.case_ids[number])


def _writes(stage: Stage, number: int, step: Step) -> None:
    """Whoever asked adds a message, and a file if the step names one."""
    token, key = stage.tokens[number], f"demo-{number}-{step['after']}"
    with stage.at(PUBLIC) as tx:
        files = []
        if "file" in step:
            own, upload = enquiries.own(tx, token), Upload(step["file"], BytesIO(SAMPLE))
            files.append(attachments.keep(own, enquiries.place(key), upload))
        correspondence.write(tx, token, {"message": step["writes"], "message_files": files}, key)


VERBS: dict[str, Callable[[Stage, int, Step], None]] = {
    "enquiry": _enquire,
    "triage": _triage,
    "decline": _decline,
    "choose": _choose,
    "task": _task,
    "opens": _opens,
    "office": _office,
    "confirm": _confirm,
    "tap": _tap,
    "withdraw": _withdraw,
    "consent": _consent,
    "joins": _joins,
    "note": _note,
    "letter": _letter,
    "talk": _talk,
    "writes": _writes,
}
