"""``check-data`` finds nothing in sound data and names every kind of damage, without writing anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.actions.conftest import House
from tests.conftest import Database
from webapp import cli
from workflows.actions import invariants, referrals
from workflows.core.db import read_only
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.engine.tasks import Task

# Each damage as somebody might do it by hand: the code it must be named by, the statement. Case 1 has two referrals
# under way and one declined, case 2 has just come in.
DAMAGES = [
    ("state_unreadable", "UPDATE instance SET state = :state WHERE id = 1"),
    ("state_unreadable", "UPDATE instance SET state = :empty WHERE id = 1"),
    ("variables_unreadable", "UPDATE instance SET variables = :list WHERE id = 1"),
    ("variables_unreadable", "UPDATE instance SET variables = :empty WHERE id = 1"),
    ("token_without_row", "UPDATE task SET status = 'cancelled' WHERE status = 'open'"),
    ("token_without_row", "UPDATE timer SET status = 'fired' WHERE status = 'waiting'"),
    ("token_without_row", "DELETE FROM subscription WHERE name = 'enquiry_withdrawn'"),
    ("token_without_row", "UPDATE task SET token = '00000000000000000000000000000000' WHERE status = 'open'"),
    ("row_without_token", "UPDATE task SET status = 'open' WHERE status = 'done'"),
    ("row_without_token", "UPDATE task SET element_id = 'reroute' WHERE status = 'open'"),
    ("row_without_token", "INSERT INTO subscription (instance_id, token, element_id, name, correlation_key) "
     "SELECT instance_id, token, element_id, name, correlation_key FROM subscription"),
    ("row_without_token", "INSERT INTO incident (instance_id, token, element_id, code, facts, attempts, created_at) "
     "SELECT instance_id, token, element_id, 'made_up', :facts, 0, created_at FROM task WHERE status = 'open'"),
    ("open_after_end", "UPDATE instance SET status = 'completed', ended_at = started_at WHERE id = 1"),
    ("end_without_moment", "UPDATE instance SET ended_at = started_at WHERE id = 1"),
    ("waits_for_nothing", "UPDATE instance SET status = 'running', ended_at = NULL WHERE status = 'completed'"),
    ("delivered_to_nobody", "UPDATE message SET instance_id = NULL WHERE delivered_at IS NOT NULL"),
    ("received_undelivered", "UPDATE message SET delivered_at = NULL"),
    ("message_given_up", "UPDATE message SET delivered_at = NULL, instance_id = NULL, attempts = 5"),
    ("case_without_instance", "UPDATE case_file SET id = 99 WHERE id = 2"),
    ("case_open_after_end", "UPDATE instance SET status = 'completed' WHERE subject = 'case:2'"),
    ("case_closed_before_end", "UPDATE case_file SET status = 'closed' WHERE id = 2"),
    ("case_closed_unfinished", "UPDATE case_file SET status = 'withdrawn' WHERE id = 2"),
    ("case_closed_unfinished", "UPDATE case_file SET closed_at = opened_at WHERE id = 2"),
    ("case_without_outcome", "UPDATE case_file SET status = 'closed' WHERE id = 2"),
    ("referral_without_instance", "UPDATE instance SET subject = 'referral:77' WHERE subject = 'referral:1'"),
    ("referral_open_after_end", "UPDATE referral SET status = 'accepted' WHERE status = 'closed'"),
    ("referral_closed_before_end", "UPDATE referral SET status = 'closed' WHERE status = 'sent'"),
    ("referral_without_result", "UPDATE referral SET result = NULL"),
    ("referral_link_left_open", "UPDATE link SET revoked_at = NULL, expires_at = NULL"),
    ("started_twice", "UPDATE instance SET subject = 'referral:1' WHERE subject = 'referral:2'"),
    ("mail_moment_wrong", "UPDATE mail SET sent_at = NULL"),
    ("mail_moment_wrong", "UPDATE mail SET status = 'waiting'"),
    ("mail_without_lease", "UPDATE mail SET status = 'sending', sent_at = NULL"),
    ("mail_link_wrong", "UPDATE mail SET link_id = NULL"),
    ("task_done_by_nobody", "UPDATE task SET done_by = NULL"),
    ("task_open_but_done", "UPDATE task SET done_at = created_at WHERE status = 'open'"),
    ("audit_edited", "UPDATE audit_entry SET event = 'case.closed' WHERE seq = 2"),
    ("audit_removed", "DELETE FROM audit_detail"),
]  # fmt: skip

VALUES = {"state": b"J{\"v\":9}", "empty": b"", "facts": b"{}", "list": b"[]"}  # fmt: skip


@pytest.fixture
def busy(house: House) -> House:
    """Two cases; the first with two referrals under way and one that was declined."""
    house.submit()
    house.refer("culture_office", "sport_funding", "volunteer_centre")
    token = house.office_token()
    with house.at("public") as tx:
        (asked,) = referrals.page(tx, token).tasks
    with house.at("public") as tx:
        referrals.answer(tx, token, asked.task.id, {"answer": "decline", "decline_reason": "no_capacity"})
    house.work()
    house.submit()
    return house


@contextmanager
def undone(house: House) -> Iterator[Tx]:
    """A transaction that leaves nothing behind; damage may go past the keys, as it does on a broken disk."""
    with house.at() as tx:
        if tx.session.get_bind().dialect.name == "sqlite":
            tx.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield tx
        tx.session.rollback()


def test_sound_data_has_no_findings_and_every_damage_is_named(busy: House) -> None:
    with busy.at() as tx:
        assert invariants.check(tx) == []
    missed = []
    for code, statement in DAMAGES:
        with undone(busy) as tx:
            names = {name: value for name, value in VALUES.items() if f":{name} " in f"{statement},".replace(",", " ")}
            assert tx.session.execute(text(statement), names).rowcount, statement  # type: ignore[attr-defined]
            found = {each.code for each in invariants.broken(tx)}
            if code not in found:
                missed.append((code, statement, found))
    assert missed == []
    with busy.at() as tx:
        assert invariants.check(tx) == []


def test_a_finding_says_where_to_look(busy: House) -> None:
    with undone(busy) as tx:
        task = tx.session.scalars(select(Task).where(Task.status == "open").order_by(Task.id.desc())).first()
        assert task is not None
        tx.session.execute(text("UPDATE task SET status = 'cancelled' WHERE id = :id"), {"id": task.id})
        (finding,) = invariants.broken(tx)
        facts = {"table": "task", "token": task.token, "element": task.element_id}
        assert (finding.where, dict(finding.facts)) == (f"instance:{task.instance_id}", facts)


def test_the_database_itself_refuses_to_write_while_it_is_checked(busy: House) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), busy.at() as tx, read_only(tx.session):
        tx.session.execute(text("UPDATE case_file SET status = 'closed'"))
    with busy.at() as tx:
        tx.session.get_one(Case, 1).text = "wieder schreibbar"
    with busy.at() as tx:
        assert tx.session.get_one(Case, 1).text == "wieder schreibbar"


def test_the_command_prints_findings_and_says_so_by_its_exit_code(
    busy: House, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[Any], tmp_path: Path
) -> None:
    for name, value in {
        "DATABASE_URL": database.url,
        "LOTSE_SECRET_KEY": busy.settings.secret_key.decode(),
        "LOTSE_AUDIT_KEY": busy.settings.audit_key.decode(),
        "LOTSE_INSTANCE": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["check-data"]) == 0
    assert "passen zusammen" in capsys.readouterr().out
    with busy.at() as tx:
        tx.session.execute(text("UPDATE case_file SET closed_at = opened_at WHERE id = 2"))
    assert cli.main(["check-data"]) == 1
    assert "case_closed_unfinished: case:2" in capsys.readouterr().out
