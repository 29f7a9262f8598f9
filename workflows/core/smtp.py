"""Transports for mails: a real mail server, or the demo page that shows mails instead of sending them."""

import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from threading import Timer
from typing import Any

from workflows.core.outbox import Deferred, Refused, Transport, Unreachable
from workflows.core.settings import Settings, SmtpSettings

TIMEOUT = 20.0
"""Seconds to wait for each sign of life of the server."""

LONGEST = 120.0
"""Seconds after which a conversation is cut off, however lively: within the lease of a mail, and no worker for good."""

_PERMANENT = 500

_SIGN_IN = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: we are to sign in, or to do it otherwise; no fault of the mail."""


class SmtpTransport:
    """Hands each mail to the mail server over a connection of its own; certificates are checked."""

    def __init__(
        self,
        smtp: SmtpSettings,
        *,
        timeout: float = TIMEOUT,
        longest: float = LONGEST,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._smtp = smtp
        self._timeout = timeout
        self._longest = longest
        self._trust = trust or ssl.create_default_context()

    def send(self, message: EmailMessage) -> None:
        """Hand over; raises ``Deferred`` for 4xx, a lost connection or no answer, ``Refused`` for 5xx.

        ``Unreachable`` where it is not about this mail: the server does not want to speak to us at all.
        """
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
                server: smtplib.SMTP = _TlsConversation(
                    self._longest, smtp.host, smtp.port, timeout=self._timeout, context=self._trust
                )
            else:
                server = _Conversation(self._longest, smtp.host, smtp.port, timeout=self._timeout)
        except (OSError, UnicodeError) as failure:
            raise Unreachable(_named(failure)) from failure
        try:
            if smtp.security == "starttls":
                server.starttls(context=self._trust)
            if smtp.user is not None:
                server.login(smtp.user, smtp.password or "")
            server.ehlo_or_helo_if_needed()
        except (OSError, UnicodeError) as failure:
            server.close()
            raise Unreachable(_named(failure)) from failure
        return server


class _Conversation(smtplib.SMTP):
    """A conversation that is cut off after ``longest`` seconds: each word in time does not mean an end in time."""

    def __init__(self, longest: float, *args: Any, **kwargs: Any) -> None:
        self._end = Timer(longest, self._cut_off)
        self._end.daemon = True
        super().__init__(*args, **kwargs)

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self._end.start()
        return super().connect(*args, **kwargs)

    def close(self) -> None:
        self._end.cancel()
        super().close()

    def _cut_off(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _TlsConversation(_Conversation, smtplib.SMTP_SSL):
    """The same, encrypted from the first word on."""


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
    if code in _SIGN_IN:
        return Unreachable(f"{code} {words}")
    return (Refused if code >= _PERMANENT else Deferred)(f"{code} {words}")


def _named(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"
