"""The demonstration: accounts for every role and cases made by the real processes, nothing stuck, audit untouched."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.actions.conftest import BUNDLES
from tests.conftest import Begin, Database
from workflows.actions import bundles, demo
from workflows.core import audit
from workflows.core.clock import SetClock
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.domain import passwords, people, seed
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine.incidents import Incident


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """On SQLite the browser walk fills one for every run."""
    return postgres_database


def test_the_house_is_full_of_life_and_a_second_start_adds_nothing(
    begin: Begin, sessions: sessionmaker[Session], settings: Settings
) -> None:
    with begin() as tx:
        seed.load(tx)
        bundles.deploy_missing(tx, BUNDLES)
    clock = SetClock(datetime(2026, 11, 22, 11, 0, tzinfo=UTC))
    for _ in range(2):
        demo.fill(sessions, settings, clock)
    with begin() as tx:
        statuses = Counter(tx.session.scalars(select(Case.status)))
        assert sum(statuses.values()) == 30
        assert set(statuses) == {"new", "in_progress", "waiting", "answered", "closed", "withdrawn"}
        results = set(tx.session.scalars(select(Referral.result)))
        assert {"confirmed", "declined", "expired", "withdrawn", "considered", None} == results
        assert tx.session.scalars(select(Incident)).all() == []
        assert len(tx.session.scalars(select(Mail.id)).all()) > 40
        assert all(opened_at < clock.now() for opened_at in tx.session.scalars(select(Case.opened_at)))
        assert audit.verify(tx.session, settings.audit_key) == []
        for user in demo.DEMO_USERS:
            found = people.find_by_email(tx.session, user.email)
            assert found is not None
            assert passwords.matches(found.password_hash, user.password)
