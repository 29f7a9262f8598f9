"""Transports for mails: a real mail server, or the demo page that shows mails instead of sending them."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from workflows.core.outbox import Deferred, Refused, Transport, Unreachable
from workflows.core.settings import Settings, SmtpSettings

TIMEOUT = 20.0
"""Seconds to wait for each answer of the server; all answers together stay within the lease of a mail."""

_PERMANENT = 500


class SmtpTransport:
    """Hands each mail to the mail server over a connection of its own; certificates are checked."""

    def __init__(self, smtp: SmtpSettings, *, timeout: float = TIMEOUT, trust: ssl.SSLContext | None = None) -> None:
        self._smtp = smtp
        self._timeout = timeout
        self._trust = trust or ssl.create_default_context()

    def send(self, message: EmailMessage) -> None:
        """Hand over; raises ``Deferred`` for 4xx, a lost connection or no answer, ``Refused`` for 5xx."""
        server = self._connected()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _answered(*next(iter(refusal.recipients.values()))) from refusal
        except smtplib.SMTPResponseException as refusal:
            raise _answered(refusal.smtp_code, refusal.smtp_error) from refusal
        except smtplib.SMTPNotSupportedError as refusal:
            raise Refused(str(refusal)) from refusal
        except OSError as failure:  # also all other errors of smtplib
            raise Deferred(_named(failure)) from failure
        finally:
            # The mail is taken or not by now; a clumsy goodbye must not send it twice.
            with suppress(OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        """A connection ready for a mail; a wrong password is no fault of the mail and raises ``Unreachable`` too."""
        smtp = self._smtp
        try:
            if smtp.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    smtp.host, smtp.port, timeout=self._timeout, context=self._trust
                )
            else:
                server = smtplib.SMTP(smtp.host, smtp.port, timeout=self._timeout)
        except OSError as failure:
            raise Unreachable(_named(failure)) from failure
        try:
            if smtp.security == "starttls":
                server.starttls(context=self._trust)
            if smtp.user is not None:
                server.login(smtp.user, smtp.password or "")
        except OSError as failure:
            server.close()
            raise Unreachable(_named(failure)) from failure
        return server


class DemoTransport:
    """Takes every mail and sends none: the demo page shows them."""

    def send(self, message: EmailMessage) -> None:
        """Do nothing."""


def transport(settings: Settings) -> Transport | None:
    """What carries mails in this installation; None when no mail server is set, then mails wait."""
    if settings.smtp is not None:
        return SmtpTransport(settings.smtp)
    return DemoTransport() if settings.shows_mails else None


def _answered(code: int, text: bytes | str) -> Deferred | Refused:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return (Refused if code >= _PERMANENT else Deferred)(f"{code} {words}")


def _named(failure: OSError) -> str:
    return f"{type(failure).__name__}: {failure}"
