"""Sends what is due and ends: ``python -m tests.core.send_once DATABASE_URL SMTP_PORT MOMENT``; killed by tests."""

import sys
from datetime import datetime
from pathlib import Path

from workflows.core import outbox
from workflows.core.clock import SetClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.settings import Settings, SmtpSettings
from workflows.core.smtp import SmtpTransport

url, port, moment = sys.argv[1:]
outbox.send_due(
    make_sessions(make_engine(url)),
    Settings(url, b"s" * 32, b"a" * 32, "https://lotse.example", Path.cwd()),
    SetClock(datetime.fromisoformat(moment)),
    SmtpTransport(SmtpSettings("127.0.0.1", int(port), None, None, "none")),
)
