"""Coming in and staying safe: passwords, links by mail, one's own sessions and tokens.

Hashing a password takes long: every verb here hashes before its first write, so that no lock is held meanwhile.
"""

from dataclasses import dataclass
from datetime import timedelta

from workflows import policy
from workflows.actions import association, letters, once
from workflows.core import audit, links
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.links import Link
from workflows.core.tx import Tx
from workflows.domain import access_tokens, passwords, people, sign_in_requests, web_sessions
from workflows.domain.access_tokens import SCOPES, ApiToken
from workflows.domain.organisation_people import ACCESS
from workflows.domain.people import User
from workflows.domain.web_sessions import WebSession

LINK_LIFE = timedelta(minutes=10)
"""How long a link to sign in or to set a new password serves (OWASP ASVS 5.0, 6.5.5)."""

LONGEST_NAME = 100
DAYS = (30, 90, 180, 365)
"""Lives of a token to choose from."""


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token's text, given once; ``is_anew`` says that it takes the place of the one made by the same sending."""

    text: str
    is_anew: bool


@dataclass(frozen=True, slots=True)
class NewToken:
    """What was typed about a token to make."""

    name: str
    scope: str
    days: int | None


def authenticate(tx: Tx, email: str, password: str) -> User | None:
    """The active user with this address and password; None, after the same time, for everybody else.

    A password that was hashed with lower costs than today's is hashed anew.
    """
    user = people.find_by_email(tx.session, email)
    stored = user.password_hash if user is not None and user.is_active else None
    if not passwords.matches(stored, password) or user is None or stored is None:
        audit.record(tx, "system", "user.sign_in_failed", "user:unknown" if user is None else f"user:{user.id}")
        return None
    user.password_hash = passwords.renewed(stored, password) or stored
    return user


def ask_for_link(tx: Tx, purpose: str, email: str) -> None:
    """Note that somebody wants a link; says and does the same whether or not the address has an account."""
    sign_in_requests.add(tx, purpose, email)


def send_link(tx: Tx, request_id: int) -> bool:
    """Mail the link that was asked for, if the address is known here; earlier ones to an account end."""
    taken = sign_in_requests.take(tx, request_id)
    if taken is None:
        return False
    purpose, email = taken
    if purpose == ACCESS:
        association.send_link(tx, email)
        return True
    user = people.find_by_email(tx.session, email)
    if user is not None and user.is_active:
        link = _fresh_link(tx, user, purpose, LINK_LIFE)
        letters.post(tx, user, purpose, link, {"minutes": LINK_LIFE.seconds // 60})
        audit.record(tx, "system", "user.link_sent", f"user:{user.id}", {"purpose": purpose})
    return True


def _fresh_link(tx: Tx, user: User, purpose: str, life: timedelta) -> Link:
    target = f"user:{user.id}"
    links.revoke(tx, target, purpose)
    return links.issue(tx, purpose, target, target, expires_at=tx.now + life)


def invite(tx: Tx, user: User, life: timedelta) -> None:
    """Mail a new user the link to set a first password."""
    link = _fresh_link(tx, user, "set_password", life)
    letters.post(tx, user, "invitation", link, {"name": user.name, "until": tx.now + life})
    audit.record(tx, "system", "user.invited", f"user:{user.id}")


def behind_link(tx: Tx, purpose: str, token: str) -> User:
    """The user a link is for, unused yet; raises ``NotFound("link_gone")`` also for a disabled account."""
    return _opened(tx, purpose, token)[1]


def _opened(tx: Tx, purpose: str, token: str) -> tuple[Link, User]:
    link = links.find(tx.session, purpose, token, tx.now)
    user = tx.session.get(User, int(link.target.removeprefix("user:"))) if link is not None else None
    if link is None or user is None or not user.is_active:
        raise NotFound("link_gone", purpose=purpose)
    return link, user


def sign_in_by_link(tx: Tx, token: str) -> User:
    """Use up a link to sign in; raises ``NotFound("link_gone")``."""
    link, user = _opened(tx, "sign_in", token)
    links.redeem(tx, link)
    return user


def set_password_by_link(tx: Tx, token: str, password: str, again: str) -> int:
    """Set a new password, end all sessions and all tokens of the API; how many tokens there were.

    Who needs a link may have lost more than the password: whatever else opens the account ends with it (ASVS 5.0, 7.4).
    Raises ``NotFound("link_gone")``, ``Invalid`` and leaves the link.
    """
    link, user = _opened(tx, "set_password", token)
    stored = _hashed(user, password, again)
    links.redeem(tx, link)
    _keep_password(tx, user, stored)
    return access_tokens.revoke_all(tx, user.id)


def has_tokens(tx: Tx, user: User) -> bool:
    """Whether a reset by mail would end tokens."""
    return bool(access_tokens.of_user(tx.session, user.id, tx.now))


def change_password(tx: Tx, old: str, password: str, again: str) -> User:
    """Change one's own password and end all sessions; raises ``Invalid``."""
    user = tx.session.get_one(User, tx.actor.user_id)
    if not passwords.matches(user.password_hash, old):
        raise Invalid({"old": (Problem("password_wrong"),)})
    _keep_password(tx, user, _hashed(user, password, again))
    return user


def _hashed(user: User, password: str, again: str) -> str:
    if password != again:
        raise Invalid({"again": (Problem("not_the_same"),)})
    return passwords.hashed(password, (user.email, user.name))


def _keep_password(tx: Tx, user: User, stored: str) -> None:
    people.keep_password(tx, user.id, stored)
    shut_out(tx, user.id)


def shut_out(tx: Tx, user_id: int) -> None:
    """End all sessions and all links of a user."""
    web_sessions.end_all(tx, user_id)
    links.revoke(tx, f"user:{user_id}")


def own_sessions(tx: Tx) -> list[WebSession]:
    """Where one is signed in, the newest first."""
    return web_sessions.of_user(tx.session, _me(tx), tx.now)


def end_session(tx: Tx, session_id: str) -> None:
    """End one of one's own sessions; raises ``NotFound``."""
    web_sessions.end_one(tx, _me(tx), session_id)


def end_other_sessions(tx: Tx, this: str) -> int:
    """End all of one's own sessions but the one with this id; how many there were."""
    return web_sessions.end_all(tx, _me(tx), but=this)


def own_tokens(tx: Tx) -> list[ApiToken]:
    """One's own valid tokens, the newest first."""
    return access_tokens.of_user(tx.session, _me(tx), tx.now)


def make_token(tx: Tx, wanted: NewToken, unique_key: str = "") -> MadeToken:
    """A new token for oneself; its text is given here and never again. Raises ``Invalid`` and ``Conflict``.

    A secret that is shown once cannot be shown again to whoever sends twice: the last answer counts, the token of an
    earlier one with the same ``unique_key`` ends.
    """
    policy.require(tx, policy.TOKEN_OWN)
    name = wanted.name.strip()
    problems: dict[str, tuple[Problem, ...]] = {}
    if not name:
        problems["name"] = (Problem("required"),)
    elif len(name) > LONGEST_NAME:
        problems["name"] = (Problem("too_long", {"max": LONGEST_NAME}),)
    if wanted.scope not in SCOPES:
        problems["scope"] = (Problem("not_an_option"),)
    if wanted.days not in DAYS:
        problems["days"] = (Problem("not_an_option"),)
    if problems or wanted.days is None:
        raise Invalid(problems)
    key = once.key(tx, "token", unique_key)
    is_anew = key is not None and access_tokens.take_back(tx, _me(tx), key)
    _row, text = access_tokens.create(tx, _me(tx), name, timedelta(days=wanted.days), wanted.scope, key)
    return MadeToken(text, is_anew)


def revoke_token(tx: Tx, token_id: int) -> None:
    """End one of one's own tokens at once; raises ``NotFound``."""
    access_tokens.revoke(tx, policy.get(tx, policy.TOKEN_OWN, ApiToken, token_id).id)


def _me(tx: Tx) -> int:
    if tx.actor.user_id is None:
        raise NotFound("not_found", kind="user")
    return tx.actor.user_id
