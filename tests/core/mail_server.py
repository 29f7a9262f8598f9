"""A real mail server for tests, on 127.0.0.1, that keeps what it takes and can be told to misbehave."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from workflows.core.settings import SmtpSettings


class MailServer:
    """``answer`` is said to the next mails (``451 …``), or ``hang`` or ``drop``; None takes them."""

    def __init__(self, port: int) -> None:
        self.settings = SmtpSettings("127.0.0.1", port, None, None, "none")
        self.taken: list[EmailMessage] = []
        self.answer: str | None = None
        self.recipient_answer: str | None = None

    async def handle_RCPT(  # noqa: N802  # the library calls it so
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.recipient_answer is None:
            envelope.rcpt_tos.append(address)
        return self.recipient_answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        if self.answer == "hang":
            await asyncio.sleep(30)
        if self.answer == "drop":
            cast(asyncio.Transport, server.transport).abort()
        if self.answer is None:
            content = cast(bytes, envelope.content)
            self.taken.append(cast(EmailMessage, message_from_bytes(content, policy=cast(Any, MAIL_POLICY))))
        return self.answer or "250 OK"


@contextmanager
def running(**options: Any) -> Iterator[MailServer]:
    """A server on a free port; ``options`` go to the mail server library."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MailServer(port)
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def only(user: str, password: str) -> Any:
    """A check of sign-ins that lets one pair in."""

    def check(_server: SMTP, _session: SmtpSession, _envelope: Envelope, _kind: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()), handled=False)

    return check


def server_side(certificate: Any) -> ssl.SSLContext:
    """A context with which a server shows ``certificate``."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context
