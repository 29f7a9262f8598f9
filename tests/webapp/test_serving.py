"""What the web server does before the app sees a request."""

from argparse import Namespace
from typing import Any

import pytest
from gunicorn.http import RequestParser
from gunicorn.http.wsgi import create

from webapp.cli.serving import Server
from workflows.core.settings import Settings


@pytest.fixture
def server(settings: Settings) -> Server:
    """Ready to serve, not yet listening."""
    return Server(Namespace(host="127.0.0.1", port=8000, processes=1), settings)


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
