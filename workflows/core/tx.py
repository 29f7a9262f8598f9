"""One transaction per action: who acts, when, on which session. The only commit of the house is here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from workflows.core import killpoints
from workflows.core.clock import Clock
from workflows.core.db import Base, begin_write
from workflows.core.errors import NotFound
from workflows.core.settings import Settings

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in user, the holder of a link in a mail, the public, or the system itself.

    ``groups`` holds opaque keys such as ``group:coordination`` or ``office:17``; ``case_id``, ``referral_id``
    and ``organisation_id`` bound the holder of a link to that one thing. ``label`` is what the audit shows.

    ``stands_in_for`` are the users the actor represents today; their groups are in ``groups``, too. ``acts_for``
    names whom this very act is done for; the audit keeps it with every entry.
    """

    label: str
    user_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    groups: frozenset[str] = field(default_factory=frozenset)
    case_id: int | None = None
    referral_id: int | None = None
    organisation_id: int | None = None
    stands_in_for: frozenset[int] = field(default_factory=frozenset)
    acts_for: str = ""

    @property
    def personae(self) -> frozenset[int]:
        """The users whose tasks the actor may work: itself and whom it represents."""
        return self.stands_in_for if self.user_id is None else self.stands_in_for | {self.user_id}


SYSTEM = Actor("system", roles=frozenset({"system"}))
PUBLIC = Actor("public")


@dataclass(slots=True)
class Tx:
    """The one argument every verb takes first: session, actor, time and settings of the running transaction."""

    session: Session
    actor: Actor
    now: datetime
    settings: Settings

    def locked(self, model: type[Row], key: Any) -> Row:
        """The row, read afresh and locked until the end; raises ``NotFound``.

        PostgreSQL locks the row (not its key, so that rows referring to it can still be added), SQLite takes its
        write lock, so that checking the old state and writing the new one is one step.
        """
        self.session.flush()  # reading afresh would overwrite what was set on the row and not yet written
        begin_write(self.session)
        row = self.session.get(model, key, populate_existing=True, with_for_update={"key_share": True})
        if row is None:
            raise NotFound("not_found", kind=model.__tablename__)
        return row


@contextmanager
def transaction(session: Session, actor: Actor, clock: Clock, settings: Settings) -> Iterator[Tx]:
    """Run one action: returning commits, raising rolls back; the session is closed either way."""
    try:
        yield Tx(session, actor, clock.now(), settings)
        killpoints.reach("flush.before")
        session.flush()
        killpoints.reach("commit.before")
        session.commit()
        killpoints.reach("commit.after")
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
