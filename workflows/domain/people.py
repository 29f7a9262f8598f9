"""Who works with the house: users, their roles and groups, and the actor they become in a transaction."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Select,
    String,
    and_,
    bindparam,
    cast,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from workflows.core import audit
from workflows.core.clock import BERLIN
from workflows.core.db import Base
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Actor, Tx
from workflows.domain import passwords

APART = "\n"  # no key holds one
CASE_WORKERS = frozenset({"coordinator", "leadership"})
GROUP_OF_ROLE = {"coordinator": "group:coordination", "leadership": "group:leadership", "jury": "group:jury"}
"""Where whoever has a role usually belongs; a jury may have groups of its own beside it."""
ROLES = ("coordinator", "leadership", "jury", "office", "process_owner", "reviewer", "admin")


OF_CASE_WORKERS = frozenset(GROUP_OF_ROLE[role] for role in CASE_WORKERS)


def working_groups(role: str, groups: Iterable[str]) -> list[str]:
    """Those of the groups whose tasks the role works; being listed in any other gives nothing."""
    if role in CASE_WORKERS:
        return sorted(groups)
    if role == "office":
        return sorted(key for key in groups if key.startswith("office:"))
    if role == "jury":
        return sorted(key for key in groups if not key.startswith("office:") and key not in OF_CASE_WORKERS)
    return []


class User(Base):
    """Someone who can sign in; ``email`` is kept in lower case.

    ``immediate_since`` is since when this person is mailed each new task at once; None is one mail a day.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(12), default="de")
    immediate_since: Mapped[datetime | None]
    created_at: Mapped[datetime]


class UserRole(Base):
    """A role a user has."""

    __tablename__ = "user_role"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class Group(Base):
    """Who shares tasks: ``group:coordination`` or, for the people of an office, ``office:17``."""

    __tablename__ = "work_group"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Membership(Base):
    """A user belongs to a group."""

    __tablename__ = "membership"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    group_key: Mapped[str] = mapped_column(ForeignKey("work_group.key"), primary_key=True, index=True)


class Deputyship(Base):
    """Someone is absent and somebody else stands in, from one day until another, both included (Berlin)."""

    __tablename__ = "deputyship"
    __table_args__ = (
        CheckConstraint("absent_id <> deputy_id", name="two_people"),
        CheckConstraint("from_on <= until_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    created_at: Mapped[datetime]


def create(
    tx: Tx,
    email: str,
    name: str,
    *,
    roles: Iterable[str],
    groups: Iterable[str] = (),
    password: str | None = None,
    language: str = "de",
) -> User:
    """A new user.

    Raises ``Conflict("email_taken")``, ``NotFound("group_unknown")``, ``Invalid`` for an unknown role or a weak
    password.
    """
    email = email.strip().lower()
    if tx.session.scalar(select(User.id).where(User.email == email)):
        raise Conflict("email_taken", email=email)
    _refuse_unknown_roles(frozenset(roles))
    _refuse_unknown(tx.session, frozenset(groups))
    user = User(email=email, name=name.strip(), is_active=True, language=language, created_at=tx.now)
    user.password_hash = passwords.hashed(password, (email, name)) if password is not None else None
    # Who comes by seldom hears of a task at once; whoever works here looks into the inbox anyway.
    user.immediate_since = tx.now if {"office", "jury"} & set(roles) else None
    tx.session.add(user)
    tx.session.flush()
    tx.session.add_all(UserRole(user_id=user.id, role=role) for role in sorted(set(roles)))
    tx.session.add_all(Membership(user_id=user.id, group_key=key) for key in sorted(set(groups)))
    tx.session.flush()
    audit.record(
        tx, "system", "user.created", f"user:{user.id}", {"roles": sorted(set(roles)), "groups": sorted(set(groups))}
    )
    return user


def _refuse_unknown_roles(named: frozenset[str]) -> None:
    unknown = sorted(named - set(ROLES))
    if unknown:
        raise Invalid({"roles": tuple(Problem("unknown_role", {"role": role}) for role in unknown)})


def _refuse_unknown(session: Session, groups: frozenset[str]) -> None:
    unknown = sorted(groups - set(session.scalars(select(Group.key).where(Group.key.in_(groups)))))
    if unknown:
        raise NotFound("group_unknown", group=", ".join(unknown))


def find_by_email(session: Session, email: str) -> User | None:
    """The user with this address, whatever its case."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def roles(session: Session, user_id: int) -> frozenset[str]:
    """The roles of a user."""
    return frozenset(session.scalars(select(UserRole.role).where(UserRole.user_id == user_id)))


def groups(session: Session, user_id: int) -> frozenset[str]:
    """The group keys of a user."""
    return frozenset(session.scalars(select(Membership.group_key).where(Membership.user_id == user_id)))


def actor(session: Session, user: User, now: datetime | None = None) -> Actor:
    """The user as the one who acts at that moment; without one whomever the user represents is left out."""
    found = session.connection().execute(_ONE, {"user_id": user.id, "today": day(now) if now else None})
    return as_actor(found.one())


def day(now: datetime) -> date:
    """The day that deputies count by."""
    return now.astimezone(BERLIN).date()


def acting() -> Select[Any]:
    """The active or inactive users with all that ``as_actor`` needs: who asks is one statement of every request.

    ``today`` is bound by the caller (see ``day``). Only who is absent oneself is represented: there are no chains.
    """
    held = select(func.aggregate_strings(UserRole.role, APART)).where(UserRole.user_id == User.id)
    joined = select(func.aggregate_strings(Membership.group_key, APART)).where(Membership.user_id == User.id)
    absent = aliased(User)
    represented = (
        select(func.aggregate_strings(cast(Deputyship.absent_id, String), APART))
        .join(absent, absent.id == Deputyship.absent_id)
        .where(Deputyship.deputy_id == User.id, absent.is_active, in_force(bindparam("today", type_=Date)))
    )
    theirs = (
        select(func.aggregate_strings(Membership.group_key, APART))
        .join(Deputyship, Deputyship.absent_id == Membership.user_id)
        .join(absent, absent.id == Deputyship.absent_id)
        .where(Deputyship.deputy_id == User.id, absent.is_active, in_force(bindparam("today", type_=Date)))
    )
    parts = (held, joined, represented, theirs)
    return select(User.id, User.name, *(part.correlate(User).scalar_subquery() for part in parts))


def in_force(today: Any) -> ColumnElement[bool]:
    """Deputyships that hold on a day."""
    return and_(Deputyship.from_on <= today, Deputyship.until_on >= today)


_ONE = acting().where(User.id == bindparam("user_id"))


def as_actor(row: Sequence[Any]) -> Actor:
    """The actor of a row of ``acting``.

    Whoever does no case work gets no group by standing in: a colleague may sit in another office, too.
    """
    user_id, name, held, joined, represented, theirs = row
    roles, groups = _keys(held), _keys(joined)
    return Actor(
        name,
        user_id=user_id,
        roles=roles,
        groups=groups | _keys(theirs) if roles & CASE_WORKERS else groups,
        stands_in_for=frozenset(map(int, _keys(represented))),
    )


def _keys(joined: str | None) -> frozenset[str]:
    return frozenset(joined.split(APART)) if joined else frozenset()


def members(session: Session, group_key: str) -> list[User]:
    """The active users of a group, by name."""
    query = select(User).join(Membership, Membership.user_id == User.id)
    return list(session.scalars(query.where(Membership.group_key == group_key, User.is_active).order_by(User.name)))


def group_exists(session: Session, key: str) -> bool:
    """Whether tasks can be given to this group."""
    return session.get(Group, key) is not None


def can_work(session: Session, user_id: int) -> bool:
    """Whether tasks can be given to this person: the account is there and open."""
    user = session.get(User, user_id)
    return user is not None and user.is_active


def group_names(session: Session) -> dict[str, str]:
    """The names of all groups by key."""
    return dict(session.execute(select(Group.key, Group.name)).tuples().all())


def join(tx: Tx, user_id: int, group_key: str) -> None:
    """Put a user into a group; raises ``NotFound`` for an unknown user or group, does nothing if already in it."""
    tx.locked(User, user_id)
    tx.locked(Group, group_key)
    if tx.session.get(Membership, (user_id, group_key)) is None:
        tx.session.add(Membership(user_id=user_id, group_key=group_key))
        tx.session.flush()
        audit.record(tx, "system", "user.joined", f"user:{user_id}", {"group": group_key})


def set_active(tx: Tx, user_id: int, *, is_active: bool) -> User:
    """Disable or enable a user; a disabled user's sessions and tokens stop at once, because every look-up asks."""
    user = tx.locked(User, user_id)
    if user.is_active != is_active:
        user.is_active = is_active
        audit.record(tx, "system", "user.enabled" if is_active else "user.disabled", f"user:{user_id}")
    return user


def set_password(tx: Tx, user_id: int, password: str) -> None:
    """Set a new password; raises ``Invalid`` if it breaks the rules of ``passwords.check``."""
    user = tx.session.get_one(User, user_id)
    keep_password(tx, user_id, passwords.hashed(password, (user.email, user.name)))  # hashed before anything is locked


def keep_password(tx: Tx, user_id: int, stored: str) -> None:
    """Keep a password in its stored form (``passwords.hashed``); whoever calls ends the user's sessions."""
    user = tx.locked(User, user_id)
    user.password_hash = stored
    audit.record(tx, "system", "user.password_set", f"user:{user_id}")


def set_access(tx: Tx, user_id: int, roles_now: Iterable[str], groups_now: Iterable[str]) -> None:
    """Give a user exactly these roles and groups; raises ``NotFound`` and, for an unknown role, ``Invalid``."""
    tx.locked(User, user_id)
    wanted = frozenset(roles_now), frozenset(groups_now)
    _refuse_unknown_roles(wanted[0])
    _refuse_unknown(tx.session, wanted[1])
    had = roles(tx.session, user_id), groups(tx.session, user_id)
    if had == wanted:
        return
    tx.session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    tx.session.execute(delete(Membership).where(Membership.user_id == user_id))
    tx.session.add_all(UserRole(user_id=user_id, role=role) for role in sorted(wanted[0]))
    tx.session.add_all(Membership(user_id=user_id, group_key=key) for key in sorted(wanted[1]))
    tx.session.flush()
    facts = {"before": sorted(had[0] | had[1]), "roles": sorted(wanted[0]), "groups": sorted(wanted[1])}
    audit.record(tx, "system", "user.access_set", f"user:{user_id}", facts)


def rename(tx: Tx, user_id: int, name: str, language: str) -> None:
    """Set the name that pages and audit show, and the language of the user's mails; raises ``NotFound``."""
    user = tx.locked(User, user_id)
    if (user.name, user.language) != (name, language):
        user.name, user.language = name, language
        audit.record(tx, "system", "user.renamed", f"user:{user_id}", {"name": name})
