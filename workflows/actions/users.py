"""Accounts as those see them who look after them: invite, give roles and groups, disable."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from workflows import policy
from workflows.actions import accounts
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import access_tokens, deputies, groups, people
from workflows.domain.groups import Counted
from workflows.domain.people import ROLES, Group, Membership, User, UserRole

INVITATION_LIFE = timedelta(days=3)
LONGEST_NAME = 200
LANGUAGES = ("de", "en")
NEED_A_GROUP = ("coordinator", "jury", "office")
"""Roles that see nothing to do until a group of theirs is chosen."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed about an account."""

    email: str = ""
    name: str = ""
    language: str = "de"
    roles: Sequence[str] = ()
    groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A user with roles and groups."""

    user: User
    roles: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


def find(tx: Tx, words: str = "") -> list[Account]:
    """All accounts by name, those whose name or address holds ``words``; the disabled last."""
    query = policy.allowed(tx, policy.USER_EDIT, select(User))
    for word in words.lower().split():
        query = query.where(User.name.icontains(word, autoescape=True) | User.email.contains(word, autoescape=True))
    users = tx.session.scalars(query.order_by(User.is_active.desc(), User.name, User.id)).all()
    held: dict[int, list[str]] = {}
    for user_id, role in tx.session.execute(select(UserRole.user_id, UserRole.role)):
        held.setdefault(user_id, []).append(role)
    joined: dict[int, list[str]] = {}
    names = select(Membership.user_id, Group.name).join(Group, Group.key == Membership.group_key)
    for user_id, name in tx.session.execute(names.order_by(Group.name)):
        joined.setdefault(user_id, []).append(name)
    return [Account(user, sorted(held.get(user.id, []), key=ROLES.index), joined.get(user.id, [])) for user in users]


def read(tx: Tx, user_id: int) -> Account:
    """One account; ``groups`` are keys. Raises ``NotFound``."""
    user = policy.get(tx, policy.USER_EDIT, User, user_id)
    return Account(user, sorted(people.roles(tx.session, user.id)), sorted(people.groups(tx.session, user.id)))


def create(tx: Tx, typed: Typed) -> User:
    """A new account, and a mail that lets its person set a password.

    Raises ``Invalid``, ``Conflict("email_taken")``, ``NotFound("group_unknown")``.
    """
    policy.require(tx, policy.USER_EDIT)
    problems = _problems(typed)
    try:
        validate_email(typed.email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        problems["email"] = (Problem("not_an_email"),)
    if problems:
        raise Invalid(problems)
    user = people.create(tx, typed.email, typed.name, roles=typed.roles, groups=typed.groups, language=typed.language)
    accounts.invite(tx, user, INVITATION_LIFE)
    return user


def _problems(typed: Typed) -> dict[str, tuple[Problem, ...]]:
    problems: dict[str, tuple[Problem, ...]] = {}
    if not typed.name.strip():
        problems["name"] = (Problem("required"),)
    elif len(typed.name) > LONGEST_NAME or not typed.name.isprintable():
        problems["name"] = (Problem("too_long", {"max": LONGEST_NAME}),)
    if not typed.roles:
        problems["roles"] = (Problem("required_choice"),)
    if without := [role for role in NEED_A_GROUP if role in typed.roles and not _works(role, typed.groups)]:
        problems["groups"] = tuple(Problem(f"group_of_{role}") for role in without)
    if typed.language not in LANGUAGES:
        problems["language"] = (Problem("not_an_option"),)
    return problems


def _works(role: str, groups: Sequence[str]) -> bool:
    return bool(people.working_groups(role, groups))


def change(tx: Tx, user_id: int, typed: Typed) -> None:
    """Set name, language, roles and groups. Raises what ``create`` does, ``Conflict("own_account")``.

    Nobody takes the care of accounts away from oneself: somebody must keep it.
    """
    user = policy.get(tx, policy.USER_EDIT, User, user_id)
    if problems := _problems(typed):
        raise Invalid(problems)
    if user.id == tx.actor.user_id and "admin" not in typed.roles:
        raise Conflict("own_account")
    people.rename(tx, user.id, typed.name.strip(), typed.language)
    people.set_access(tx, user.id, typed.roles, typed.groups)
    deputies.forget_unfitting(tx, user.id)


def set_active(tx: Tx, user_id: int, *, is_active: bool) -> None:
    """Disable an account, which ends its sessions, links, tokens and deputyships for good, or enable it again.

    Raises ``NotFound``, ``Conflict("own_account")``.
    """
    user = policy.get(tx, policy.USER_EDIT, User, user_id)
    if user.id == tx.actor.user_id:
        raise Conflict("own_account")
    people.set_active(tx, user.id, is_active=is_active)
    if not is_active:
        accounts.shut_out(tx, user.id)
        access_tokens.revoke_all(tx, user.id)
        deputies.forget_unfitting(tx, user.id)


def invite_again(tx: Tx, user_id: int) -> None:
    """Send the invitation once more; raises ``NotFound`` also for a disabled account."""
    user = policy.get(tx, policy.USER_EDIT, User, user_id)
    if not user.is_active:
        raise NotFound("not_found", kind="user")
    accounts.invite(tx, user, INVITATION_LIFE)


def all_groups(tx: Tx) -> list[Counted]:
    """Every group and how many people are in it."""
    policy.require(tx, policy.USER_EDIT)
    return groups.every(tx.session)


def add_group(tx: Tx, key: str, name: str) -> None:
    """A new group; raises ``Invalid`` and ``Conflict("group_taken")``."""
    policy.require(tx, policy.USER_EDIT)
    groups.add(tx, f"group:{key.strip()}", _group_name(name))


def rename_group(tx: Tx, key: str, name: str) -> None:
    """Another name for a group; raises ``Invalid`` and ``NotFound``."""
    policy.require(tx, policy.USER_EDIT)
    groups.rename(tx, key, _group_name(name))


def _group_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise Invalid({"name": (Problem("required"),)})
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid({"name": (Problem("too_long", {"max": LONGEST_NAME}),)})
    return name
