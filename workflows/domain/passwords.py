"""Passwords: argon2id, long instead of odd, never stored readable (OWASP ASVS 5.0 chapter 6, BSI ORP.4)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from workflows.core.errors import Invalid, Problem

SHORTEST = 12
LONGEST = 1024

# 19 MiB, two passes: 33 ms on a small machine; the least the standard accepts.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Verified against when there is no such user, so that the answer takes as long as for a real one.
_NOBODY = HASHER.hash("nobody's password, never accepted")


def hashed(password: str) -> str:
    """The stored form; raises ``Invalid`` for passwords shorter than 12 or longer than 1024 characters."""
    if len(password) < SHORTEST:
        raise Invalid({"password": (Problem("too_short", {"min": SHORTEST}),)})
    if len(password) > LONGEST:
        raise Invalid({"password": (Problem("too_long", {"max": LONGEST}),)})
    return HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; takes as long when ``stored`` is None."""
    try:
        HASHER.verify(stored or _NOBODY, password[: LONGEST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None
