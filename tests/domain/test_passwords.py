"""Passwords: costs, length, and what is guessed first."""

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from workflows.core.errors import Invalid
from workflows.domain import passwords

REAL = passwords.HASHER  # read before the tests' cheap one takes its place


def _problem(password: str, *known: str) -> str | None:
    try:
        passwords.check(password, known)
    except Invalid as refused:
        return refused.problems["password"][0].code
    return None


def test_hashes_cost_what_the_standard_asks_for() -> None:
    parameters = extract_parameters(REAL.hash("ein Satz, den niemand kennt"))
    assert (parameters.type, parameters.memory_cost, parameters.time_cost) == (Type.ID, 64 * 1024, 3)


def test_short_ones_are_refused_long_ones_are_welcome() -> None:
    assert _problem("kurz und gut") is None
    assert _problem("elf Zeichen") == "too_short"
    assert _problem("Ein langer Satz mit Ümläuten und Leerzeichen, " * 20) is None
    assert _problem("x" * 1025) == "too_long"


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Passwort1234",
        "123456789012",
        "aaaaaaaaaaaa",
        "qwertz123456",
        "iloveyou1234",
        "1q2w3e4r5t6y",
    ],
)
def test_common_and_breached_ones_are_refused(password: str) -> None:
    assert _problem(password) == "password_guessable"


def test_what_others_know_of_a_person_is_no_password() -> None:
    assert _problem("antoinettemustermann") is None
    known = ("antoinette.mustermann@stadt.example", "Antoinette Mustermann")
    assert _problem("antoinettemustermann", *known) == "password_guessable"
    assert _problem("KoordinierungsstelleLotse") == "password_guessable"


def test_no_odd_characters_are_asked_for() -> None:
    assert _problem("vier kleine woerter genuegen") is None


def test_a_hash_of_lower_costs_is_renewed() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash("ein langes Passwort")
    fresh = passwords.renewed(old, "ein langes Passwort")
    assert fresh is not None
    assert passwords.renewed(fresh, "ein langes Passwort") is None
