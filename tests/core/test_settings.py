"""Settings that cannot work are named at the start, and secrets stay secret."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workflows.core.settings import SettingsError, read_settings


def test_a_pilot_needs_no_settings_at_all(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path / "instance")
    assert settings.is_sqlite
    assert settings.smtp is None
    assert settings.secret_key != settings.audit_key
    assert read_settings({}, tmp_path / "instance") == settings


def test_key_files_belong_to_their_owner_and_lie_alone(tmp_path: Path) -> None:
    read_settings({}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.key", "secret.key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_processes_starting_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as processes:
        keys = set(processes.map(lambda _: read_settings({}, tmp_path).secret_key, range(16)))
    assert len(keys) == 1


def test_secrets_do_not_show_in_logs(tmp_path: Path) -> None:
    environ = {
        "LOTSE_SECRET_KEY": "a-very-secret-key-of-many-letters",
        "LOTSE_SMTP_HOST": "mail.example",
        "LOTSE_SMTP_PASSWORD": "hidden-word",
        "DATABASE_URL": "postgresql+psycopg://lotse:hidden-word@db/lotse",
    }
    shown = repr(read_settings(environ, tmp_path))
    assert "secret-key" not in shown
    assert "hidden-word" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db/lotse"),
        ("DATABASE_URL", "postgresql://db/lotse"),
        ("LOTSE_SECRET_KEY", "short"),
        ("LOTSE_OLD_SECRET_KEYS", "an-old-secret-key-of-many-letters short"),
        ("LOTSE_AUDIT_KEY", ""),
        ("LOTSE_PROXIES", "many"),
        ("LOTSE_PROXIES", "²"),
        ("LOTSE_PUBLIC_URL", "lotse.example"),
        ("LOTSE_MAIL_FROM", "lotse"),
        ("LOTSE_MAIL_FROM", "lötse@stadt.example"),
        ("LOTSE_MAIL_FROM", "a@stadt.example, b@stadt.example"),
        ("LOTSE_MAIL_FROM", "Lotse\n <a@stadt.example>"),
        ("LOTSE_REPLY_TO", "Lotse <lotse@stadt.example>"),
        ("LOTSE_PUBLIC_URL", "javascript:alert(1)"),
    ],
)
def test_what_cannot_work_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value}, tmp_path)


@pytest.mark.parametrize("value", ["", "lotse@stadt.example", "Stadt Köln <lotse@stadt.example>"])
def test_mails_come_from_an_address_with_or_without_a_name(tmp_path: Path, value: str) -> None:
    assert read_settings({"LOTSE_MAIL_FROM": value}, tmp_path).mail_from == (value or "lotse@localhost")


@pytest.mark.parametrize("name", ["LOTSE_SMTP_USER", "LOTSE_SMTP_PASSWORD"])
def test_what_cannot_be_said_to_a_mail_server_is_named_but_not_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings({"LOTSE_SMTP_HOST": "mail.example", name: "größe"}, tmp_path)
    assert "größe" not in str(refused.value)


def test_an_unknown_mail_security_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LOTSE_SMTP_SECURITY"):
        read_settings({"LOTSE_SMTP_HOST": "mail.example", "LOTSE_SMTP_SECURITY": "ssl"}, tmp_path)
