"""Whether what is stored about instances fits together: state, tasks, timers, subscriptions, incidents, messages.

Reads only. Everything is written by one transaction per action, so a finding means that somebody changed the database
by hand, that a backup was damaged, or that the engine has a fault.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, defer
from sqlalchemy.types import NullType

from workflows.core import typed_json
from workflows.core.errors import LotseError
from workflows.engine import definitions, snapshots, tokens
from workflows.engine.definition import Definition
from workflows.engine.incidents import Incident
from workflows.engine.messages import MOST_ATTEMPTS, Message, Subscription
from workflows.engine.projection import waits_in
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

_AT_ONCE = 500

Row = Task | Timer | Subscription | Incident
OPEN: dict[type[Row], Any] = {
    Task: Task.status == "open",
    Timer: Timer.status == "waiting",
    Subscription: Subscription.id.is_not(None),
    Incident: Incident.resolved_at.is_(None),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken invariant: its code, the row it was found at (``instance:5``), and facts that help to look there."""

    code: str
    where: str
    facts: dict[str, object] = field(default_factory=dict)


class Definitions(dict[int, Definition]):
    """The versions met so far, each looked up once."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __missing__(self, version_id: int) -> Definition:
        self[version_id] = definitions.load(self._session, version_id)
        return self[version_id]


Wait = tuple[str, str, str]
"""Table, token, element: what a token waits with, or what a row says is waited for."""


def check(session: Session) -> Iterator[Broken]:
    """Everything that does not fit, instance by instance, then the messages."""
    last, known = 0, Definitions(session)
    while rows := session.execute(_some(last)).all():
        for instance, stored in rows:
            yield from _check_variables(instance, stored)
        yield from _check_some(session, known, [instance for instance, _ in rows])
        last = rows[-1][0].id
        session.expunge_all()
    yield from _rows_of_nobody(session)
    yield from _messages(session)


def _some(after: int) -> Select[tuple[Instance, Any]]:
    """Instances with their variables as stored: one that cannot be decoded must not stop the others."""
    stored = type_coerce(Instance.variables, NullType())
    columns = select(Instance, stored).options(defer(Instance.variables))
    return columns.where(Instance.id > after).order_by(Instance.id).limit(_AT_ONCE)


def _check_variables(instance: Instance, stored: Any) -> Iterator[Broken]:
    """Scopes of variables by key, that of the instance among them."""
    try:
        scopes = typed_json.loads(stored)
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        yield _of(instance, "variables_unreadable", error=str(error)[:200])
        return
    if not isinstance(scopes, dict) or not all(isinstance(each, dict) for each in scopes.values()):
        yield _of(instance, "variables_unreadable", error="no scopes")


def _check_some(session: Session, known: Definitions, instances: Sequence[Instance]) -> Iterator[Broken]:
    rows: dict[int, list[Wait]] = {each.id: [] for each in instances}
    for model, is_open in OPEN.items():
        columns = select(model.instance_id, model.token, model.element_id)
        for owner, token, element in session.execute(columns.where(is_open, model.instance_id.in_(rows))):
            rows[owner].append((model.__tablename__, token, element))
    for instance in instances:
        yield from _check_end(instance)
        try:
            waits = list(_waits(known[instance.version_id], instance))
        except (LotseError, ValueError, LookupError, TypeError) as error:
            # Whatever a damaged state makes the reading fail with: the instance cannot go on.
            yield _of(instance, "state_unreadable", error=str(error)[:200])
            continue
        yield from _compare(session, instance, waits, rows[instance.id])


def _check_end(instance: Instance) -> Iterator[Broken]:
    if (instance.status == "running") != (instance.ended_at is None):
        yield _of(instance, "end_without_moment", status=instance.status)


def _waits(definition: Definition, instance: Instance) -> Iterator[Wait]:
    """What the stored tokens wait with, by table; ``idle`` for one that nothing will ever move."""
    top = snapshots.loads(instance.state, definition.process, instance.process_key, _Nobody())
    for token in (each for workflow in tokens.workflows(top) for each in tokens.live(workflow)):
        element = tokens.element_of(token)
        if "incident" in token.internal_data:
            yield Incident.__tablename__, token.id.hex, element.id
        elif token._state == tokens.READY:
            yield "idle", token.id.hex, element.id
        elif token._state == tokens.STARTED and (table := waits_in(token)) is not None:
            yield table.__tablename__, token.id.hex, element.id
        else:
            yield "inside", token.id.hex, element.id


class _Nobody:
    """Stands where the run-time drives the tokens: nothing is driven here."""

    def execute(self, token: Any) -> bool | None:
        """Never called."""
        raise AssertionError("only looking")

    def leave(self, token: Any) -> None:
        """Never called."""
        raise AssertionError("only looking")


def _compare(session: Session, instance: Instance, waits: list[Wait], rows: list[Wait]) -> Iterator[Broken]:
    """Tokens and rows, both ways, and whether a running instance waits for anything at all."""
    if instance.status != "running":
        for table, token, element in [*waits, *rows]:
            yield _of(instance, "open_after_end", table=table, token=token, element=element)
        return
    wanted = Counter(each for each in waits if each[0] not in {"idle", "inside"})
    found = Counter(rows)
    for table, token, element in (wanted - found).elements():
        yield _of(instance, "token_without_row", table=table, token=token, element=element)
    for table, token, element in (found - wanted).elements():
        yield _of(instance, "row_without_token", table=table, token=token, element=element)
    for table, token, element in waits:
        if table == "idle":
            yield _of(instance, "token_idle", token=token, element=element)
    if not rows and not _is_addressed(session, instance):
        yield _of(instance, "waits_for_nothing")


def _is_addressed(session: Session, instance: Instance) -> bool:
    """Whether a message is under way that says whom it is for: this instance."""
    to = exists().where(Message.instance_id == instance.id, Message.delivered_at.is_(None))
    return bool(session.scalar(select(to)))


def _rows_of_nobody(session: Session) -> Iterator[Broken]:
    """Open rows of instances that do not exist; a timed or message start has none and is no finding."""
    for model, is_open in OPEN.items():
        lost = ~exists().where(Instance.id == model.instance_id)
        for number in session.scalars(select(model.id).where(is_open, model.instance_id.is_not(None), lost)):
            yield Broken("row_without_instance", f"{model.__tablename__}:{number}")


def _messages(session: Session) -> Iterator[Broken]:
    delivered = Message.delivered_at.is_not(None)
    lost = or_(Message.instance_id.is_(None), ~exists().where(Instance.id == Message.instance_id))
    for number in session.scalars(select(Message.id).where(delivered, lost)):
        yield Broken("delivered_to_nobody", f"message:{number}")
    early = select(Message.id, Message.instance_id).where(~delivered, Message.instance_id.is_not(None))
    for number, instance_id in session.execute(early):
        yield Broken("received_undelivered", f"message:{number}", {"instance": instance_id})
    yield from _twice(session, select(Message.unique_key, func.count()).group_by(Message.unique_key), "message_twice")
    given_up = select(Message.id, Message.error).where(~delivered, Message.attempts >= MOST_ATTEMPTS)
    for number, error in session.execute(given_up):
        yield Broken("message_given_up", f"message:{number}", {"error": error})


def _twice(session: Session, counted: Select[Any], code: str) -> Iterator[Broken]:
    for key, times in session.execute(counted):
        if key is not None and times > 1:
            yield Broken(code, str(key), {"times": times})


def _of(instance: Instance, code: str, **facts: object) -> Broken:
    return Broken(code, f"instance:{instance.id}", facts)
