"""While a password is hashed nobody waits for the database, and not too many hash at once."""

import sqlite3
import threading
import time
from typing import Any

import pytest
from argon2 import PasswordHasher

from tests.conftest import Database
from tests.webapp.conftest import Browser
from workflows.domain import passwords


class Slow:
    """A hasher that takes its time, and counts how many are at it."""

    def __init__(self, inner: PasswordHasher) -> None:
        self.inner, self.now, self.most = inner, 0, 0
        self._lock = threading.Lock()
        self.meanwhile: Any = lambda: time.sleep(0.02)

    def verify(self, stored: str, password: str) -> bool:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.meanwhile()
        with self._lock:
            self.now -= 1
        return self.inner.verify(stored, password)

    def check_needs_rehash(self, _stored: str) -> bool:
        return False

    hash = property(lambda self: self.inner.hash)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    found = Slow(passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", found)
    return found


def test_two_at_once_in_a_process(slow: Slow) -> None:
    stored = slow.inner.hash("ein langes Passwort")
    threads = [threading.Thread(target=passwords.matches, args=(stored, "ein langes Passwort")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slow.most == passwords.AT_ONCE == 2  # two web processes make four


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # row locks do not stop others on PostgreSQL
def test_nobody_waits_for_the_database_while_a_password_is_tried(
    slow: Slow, browser: Browser, house: None, database: Database
) -> None:
    """On SQLite there is one write lock for the whole house; a sign-in must not hold it while it computes."""
    written = []

    def write() -> None:
        other = sqlite3.connect(database.url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")  # raises "database is locked" at once if somebody else writes
        other.execute("ROLLBACK")
        other.close()
        written.append(True)

    slow.meanwhile = write
    assert browser.sign_in("coordinator@lotse.example", "falsch").status_code == 422
    assert browser.sign_in("coordinator@lotse.example").status_code == 302
    assert browser.sign_in("niemand@lotse.example").status_code == 422
    assert len(written) == 3
