"""What the web server does before the app sees a request."""

import socket
from argparse import Namespace
from dataclasses import replace
from typing import Any

import pytest
from gunicorn.http import RequestParser
from gunicorn.http.errors import ParseException
from gunicorn.http.wsgi import create

from benchmarks.raw import RawServer
from tests.webapp.conftest import ADDRESS
from tests.webapp.test_all_routes import HEADERS
from webapp import security
from webapp.cli.serving import Server
from workflows.core.settings import Settings


@pytest.fixture
def server(settings: Settings) -> Server:
    """Ready to serve, not yet listening."""
    return Server(Namespace(host="127.0.0.1", port=8000, processes=1), replace(settings, public_url=ADDRESS))


def environ(server: Server, request: bytes) -> dict[str, Any]:
    """What the app is told about a request that comes from this very machine, as through a proxy."""
    parsed = next(RequestParser(server.cfg, iter([request]), ("127.0.0.1", 50_000)))
    told: dict[str, Any] = create(parsed, None, ("127.0.0.1", 50_000), ("127.0.0.1", 8000), server.cfg)[1]
    return told


def test_no_header_says_at_which_path_or_how_we_are_reached(server: Server) -> None:
    made_up = b"SCRIPT_NAME: /evil\r\nPATH_INFO: /admin\r\nX-Forwarded-Proto: https\r\nX_Forwarded_For: 192.0.2.1\r\n"
    told = environ(server, b"GET /evil/inbox HTTP/1.1\r\nHost: lotse.example\r\n" + made_up + b"\r\n")
    assert (told["SCRIPT_NAME"], told["PATH_INFO"], told["wsgi.url_scheme"]) == ("", "/evil/inbox", "http")
    assert "HTTP_X_FORWARDED_FOR" not in told
    assert told["REMOTE_ADDR"] == "127.0.0.1"


def test_a_link_in_a_request_that_cannot_be_read_is_not_logged(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    token = "Zk3_-" * 9
    log = server.cfg.logger_class(server.cfg)
    log.warning("Invalid request from ip=%s: %s", "2001:db8::17", f"'GET /s/{token}?\xff HTTP/1.1'\r\n")
    (line,) = capsys.readouterr().err.splitlines()
    assert "GET /s/[secret]" in line
    assert "2001" not in line.partition("Invalid")[2]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n", "400 Bad Request"),
        (b"GET /s/" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n", "414 URI Too Long"),
        (b"GET / HTTP/1.1\r\nCookie: " + b"x" * 9000 + b"\r\n\r\n", "431 Request Header Fields Too Large"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400 Bad Request"),
    ],
)
def test_what_the_server_cannot_read_is_refused_with_all_headers_and_without_an_echo(
    server: Server, request_line: bytes, status: str
) -> None:
    """Number 5 to 7: those answers are the server's own, the app never hears of them."""
    with pytest.raises(ParseException) as unreadable:
        next(RequestParser(server.cfg, iter([request_line]), ("192.0.2.7", 50_000)))
    process = server.cfg.worker_class(1, 1, [], server, 30, server.cfg, server.cfg.logger_class(server.cfg))
    here, there = socket.socketpair()
    with here, there:
        process.handle_error(None, here, ("192.0.2.7", 50_000), unreadable.value)
        here.shutdown(socket.SHUT_WR)
        answer = there.makefile("rb").read().decode("latin-1")
    head, _empty, body = answer.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert (first, body) == (f"HTTP/1.1 {status}", status)
    assert headers["Content-Security-Policy"] == security.CSP
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "text/plain"
    assert headers["Connection"] == "close"
    assert {name: headers.get(name) for name in HEADERS} == HEADERS


def test_the_raw_limit_is_measured_under_the_same_server(server: Server) -> None:
    raw = RawServer(Namespace(host="127.0.0.1", port=8000, processes=1, database="sqlite://"), None)  # type: ignore[arg-type]
    for name in ("workers", "threads", "keepalive", "timeout", "preload_app", "logger_class"):
        assert getattr(raw.cfg, name) == getattr(server.cfg, name), name
