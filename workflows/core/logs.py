"""The log of operation: one line per happening that nobody can forge, without secrets and without persons.

Control characters are written out, or somebody could type a line of the log; addresses of mails and of visitors,
long random words (tokens of links, cookies, keys) and the rows that PostgreSQL quotes are left out (OWASP ASVS 5.0,
16.2.5 and 16.4.1).
"""

import logging
import re

ADDRESS = re.compile(r"[^\s@<>\"'=:,;()]+@[^\s@<>\"'=:,;()]+")
VISITOR = re.compile(r"\bip=[0-9A-Fa-f.:]*[0-9A-Fa-f]")
SECRET = re.compile(r"[A-Za-z0-9_-]{32,}")
ROW = re.compile(r"DETAIL:.*?(?=\n\[SQL|\n\nThe above exception|\Z)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def cleaned(text: str) -> str:
    """One line of text without control characters, addresses and secrets."""
    text = ADDRESS.sub("[address]", _CONTROL.sub(_written_out, ROW.sub("DETAIL: [row]", text)))
    return SECRET.sub("[secret]", VISITOR.sub("ip=[address]", text))


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


class OneLine(logging.Formatter):
    """Time, level, logger and message in one line; the lines of a trace are indented behind a bar."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record, harmless."""
        record = logging.makeLogRecord({**record.__dict__, "msg": cleaned(record.getMessage()), "args": None})
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 the name is the library's
        """The trace, every line marked as one."""
        trace = ROW.sub("DETAIL: [row]", super().formatException(ei))  # type: ignore[arg-type]
        return "\n".join(f"    | {cleaned(line)}" for line in trace.splitlines())


def configure() -> None:
    """Write to the standard error output; where somebody has set up logging already, nothing is changed."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(OneLine())
        root.addHandler(handler)
