"""A real mail server for tests, on 127.0.0.1, that keeps what it takes and can be told to misbehave."""

import asyncio
import socket
import socketserver
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from itertools import repeat
from threading import Event, Thread
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


DRIPPING = "dripping"
"""An answer of which a line comes ten times a second and never the last one."""


@contextmanager
def saying(answers: Mapping[str, str]) -> Iterator[SmtpSettings]:
    """A server that answers each command as told, by default "250 OK"; ``CONNECT`` is what it greets with."""
    is_over = Event()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say(answers.get("CONNECT", "220 here"))
            is_text = False
            for line in self.rfile:
                command = line[:4].strip().decode("latin-1").upper()
                if not is_text or command == ".":
                    self.say(answers.get(command, "250 OK"))
                    is_text = command == "DATA"

        def say(self, answer: str) -> None:
            for line in repeat("250-still here") if answer == DRIPPING else [answer]:
                self.wfile.write(f"{line}\r\n".encode())
                if line != answer and is_over.wait(0.1):
                    return

        def finish(self) -> None:
            """The other side has gone; there is nothing left to flush."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """The other side hangs up as it likes."""

    with Server(("127.0.0.1", 0), Talk) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield SmtpSettings("127.0.0.1", server.server_address[1], None, None, "none")
        is_over.set()
        server.shutdown()
