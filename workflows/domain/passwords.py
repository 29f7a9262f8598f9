"""Passwords: argon2id, long instead of odd, none that is guessed first, never stored readable.

OWASP ASVS 5.0 chapter 6, BSI ORP.4. Nothing here touches the database: hashing takes long and must hold no lock.
"""

from collections.abc import Iterable
from importlib import import_module
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from workflows.core.errors import Invalid, Problem

SHORTEST = 12
LONGEST = 1024
JUDGED = 72
"""Characters that the judgement looks at; it takes ever longer with more, and by then they are many enough."""

SAFE = 3
"""Of 0 to 4: cannot be found with 10^8 guesses, the lists of breached and common passwords tried first."""

HOUSE_WORDS = ("lotse", "koordinierungsstelle", "koordination", "wiesbaden", "migrantenorganisation", "passwort")

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)

AT_ONCE = 2
"""Hashes one process makes at the same time; two web processes make four, and 256 MiB."""

_turns = BoundedSemaphore(AT_ONCE)

_nobody = f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}${'A' * 22}${'A' * 43}"
"""Verified against when there is no such user, so that the answer takes as long as for a real one; all zeroes."""


def check(password: str, known: Iterable[str] = ()) -> None:
    """Raise ``Invalid`` for passwords under 12 or over 1024 characters, common, breached or made of ``known`` words.

    ``known`` is what others know of the user, such as name and address. Nothing else is asked for, no odd characters.
    """
    problem = None
    if len(password) < SHORTEST:
        problem = Problem("too_short", {"min": SHORTEST})
    elif len(password) > LONGEST:
        problem = Problem("too_long", {"max": LONGEST})
    elif _score(password, known) < SAFE:
        problem = Problem("password_guessable")
    if problem is not None:
        raise Invalid({"password": (problem,)})


def _score(password: str, known: Iterable[str]) -> int:
    # Loaded when it is needed: 12 MB of word lists that only who chooses a password has a use for.
    judge = import_module("zxcvbn").zxcvbn
    return int(judge(password[:JUDGED], user_inputs=_words(known))["score"])


def _words(known: Iterable[str]) -> list[str]:
    parts = [part for text in known for part in (text, *text.replace("@", " ").replace(".", " ").split())]
    return [*HOUSE_WORDS, *(part.lower() for part in parts if len(part) > 2)]


def hashed(password: str, known: Iterable[str] = ()) -> str:
    """The stored form; raises what ``check`` raises."""
    check(password, known)
    return _hash(password)


def _hash(password: str) -> str:
    with _turns:
        return HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; takes as long when ``stored`` is None."""
    try:
        with _turns:
            HASHER.verify(stored or _nobody, password[: LONGEST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def renewed(stored: str, password: str) -> str | None:
    """The stored form by today's costs, if ``stored`` was made with lower ones; ``password`` must match it."""
    return _hash(password) if HASHER.check_needs_rehash(stored) else None
