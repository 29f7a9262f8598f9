"""Settings of one installation, read once from the environment; secrets come from here and nowhere else."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import urlsplit

from workflows.core import house_facts
from workflows.core.house_facts import Facts

SHORTEST_KEY = 32
"""Characters a key must have at least."""


_ADDRESS = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mails go; ``security`` is ``starttls``, ``tls`` or ``none``."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    security: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation may set.

    ``public_url`` is the address used in mails (no trailing slash); ``instance`` the folder of run-time data.
    ``seal_mail`` is who gets the root of every seal of the audit trail.
    ``secret_key`` signs sessions and derives link tokens, ``audit_key`` keys the audit chain; both stay outside
    the database. What ``old_secret_keys`` signed stays good while the key is changed.
    ``house`` is what the public pages say about the installation.
    """

    database_url: str = field(repr=False)  # may hold a password; secrets must not get into logs
    secret_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)
    public_url: str
    instance: Path
    smtp: SmtpSettings | None = None
    mail_from: str = "lotse@localhost"
    reply_to: str | None = None
    seal_mail: str | None = None
    demo: bool = False
    proxies: int = 0
    old_secret_keys: tuple[bytes, ...] = field(default=(), repr=False)
    house: Facts = field(default_factory=dict)

    @property
    def shows_mails(self) -> bool:
        """Whether mails are only shown on a page of this machine: in a demonstration that cannot send any."""
        return self.demo and self.smtp is None

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")


class SettingsError(Exception):
    """A setting is missing or unusable; the text names the variable and what it should be."""


def read_settings(environ: Mapping[str, str], instance: Path, *, demo: bool = False) -> Settings:
    """Settings from ``environ`` with defaults for a pilot on one machine; creates ``instance`` and its key files.

    Raises ``SettingsError`` for values that cannot be used.
    """
    instance.mkdir(parents=True, exist_ok=True)
    url = environ.get("DATABASE_URL") or f"sqlite:///{instance.resolve() / 'lotse.sqlite3'}"
    if urlsplit(url).scheme not in {"sqlite", "postgresql+psycopg"}:
        raise SettingsError("DATABASE_URL must start with postgresql+psycopg:// or sqlite:///")
    return Settings(
        database_url=url,
        secret_key=_secret(environ, "LOTSE_SECRET_KEY", instance / "secret.key"),
        audit_key=_secret(environ, "LOTSE_AUDIT_KEY", instance / "audit.key"),
        public_url=_public_url(environ),
        instance=instance,
        smtp=_smtp(environ),
        mail_from=_sender(environ, "LOTSE_MAIL_FROM") or "lotse@localhost",
        reply_to=_address(environ, "LOTSE_REPLY_TO"),
        seal_mail=_address(environ, "LOTSE_SEAL_MAIL"),
        demo=demo,
        proxies=_number(environ, "LOTSE_PROXIES", 0),
        old_secret_keys=_old_keys(environ, "LOTSE_OLD_SECRET_KEYS"),
        house=house_facts.read(environ, demo=demo),
    )


def _secret(environ: Mapping[str, str], name: str, path: Path) -> bytes:
    """The key from the environment, else from its file, which is made on first use readable by its owner only."""
    value = environ.get(name)
    if value is None:
        if not path.exists():
            _make_key(path)
        value = path.read_text(encoding="ascii").strip()
    return _long_enough(value, f"{name} (or {path.name})")


def _old_keys(environ: Mapping[str, str], name: str) -> tuple[bytes, ...]:
    return tuple(_long_enough(key, f"each key of {name}") for key in environ.get(name, "").split())


def _long_enough(key: str, name: str) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise SettingsError(f"{name} must have at least {SHORTEST_KEY} characters")
    return key.encode()


def _make_key(path: Path) -> None:
    """Put a new key there in one step: of several processes starting at once the first wins, none sees half a key."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600, exist_ok=False)
    fresh.write_text(secrets.token_hex(SHORTEST_KEY), encoding="ascii")
    with suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()


def _public_url(environ: Mapping[str, str]) -> str:
    url = environ.get("LOTSE_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError("LOTSE_PUBLIC_URL must be an address such as https://lotse.example")
    return url


def _smtp(environ: Mapping[str, str]) -> SmtpSettings | None:
    host = environ.get("LOTSE_SMTP_HOST")
    if not host:
        return None
    security = environ.get("LOTSE_SMTP_SECURITY", "starttls")
    if security not in {"starttls", "tls", "none"}:
        raise SettingsError("LOTSE_SMTP_SECURITY must be starttls, tls or none")
    return SmtpSettings(
        host=host,
        port=_number(environ, "LOTSE_SMTP_PORT", 587),
        user=_plain(environ, "LOTSE_SMTP_USER"),
        password=_plain(environ, "LOTSE_SMTP_PASSWORD"),
        security=security,
    )


def _address(environ: Mapping[str, str], name: str) -> str | None:
    value = environ.get(name, "").strip()
    if value and not _ADDRESS.fullmatch(value):
        raise SettingsError(f"{name} must be one mail address")
    return value or None


def _sender(environ: Mapping[str, str], name: str) -> str | None:
    """An address, with or without a name before it; one of ASCII, for few mail servers take others."""
    value = environ.get(name, "").strip()
    found = [address for _, address in getaddresses([value])]
    usable = len(found) == 1 and _ADDRESS.fullmatch(found[0]) and found[0].isascii() and value.isprintable()
    if value and not usable:
        raise SettingsError(f"{name} must be one mail address, such as Lotse <lotse@stadt.example>")
    return value or None


def _plain(environ: Mapping[str, str], name: str) -> str | None:
    """What is sent to a mail server as it is; the library that does it knows ASCII only."""
    value = environ.get(name)
    if value is not None and not value.isascii():
        raise SettingsError(f"{name} must not hold umlauts or other letters beyond ASCII")
    return value


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise SettingsError(f"{name} must be a whole number")
    return int(value)
