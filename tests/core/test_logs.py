"""The log cannot be forged and tells no secrets and no persons."""

import logging
import sys

from workflows.core.logs import OneLine, cleaned


def written(message: str, *arguments: object, trace: bool = False) -> str:
    record = logging.LogRecord(
        "lotse", logging.ERROR, __file__, 1, message, arguments, sys.exc_info() if trace else None
    )
    return OneLine().format(record)


def test_a_line_stays_one_line() -> None:
    forged = "/x\r\n2026-03-02 INFO lotse: alles gut\x1b[31m\u2028und\x85so"
    line = written("GET %s failed", forged)
    assert len(line.splitlines()) == 1
    assert "\\r\\n2026" in line
    assert "\x1b" not in line


def test_secrets_and_addresses_are_left_out() -> None:
    token = "Zk3_-" * 9
    line = written("GET /s/%s by amal@verein.example failed, cookie=%s", token, token)
    assert token not in line
    assert "amal" not in line
    assert "[secret]" in line
    assert "[address]" in line


def test_a_trace_is_marked_and_clean() -> None:
    try:
        raise ValueError("kein Wert\n2026-03-02 INFO lotse: amal@verein.example hat sich angemeldet")
    except ValueError:
        lines = written("bug", trace=True).splitlines()
    assert all(line.startswith("    | ") for line in lines[1:])
    assert "amal" not in "".join(lines)


def test_rows_that_the_database_quotes_are_left_out() -> None:
    quoted = "violates not-null\nDETAIL:  Failing row contains (1, Amal,\nzweite Zeile).\n"
    assert "Amal" not in written("database unavailable: %s", quoted)
    try:
        try:
            raise LookupError(quoted)
        except LookupError as error:
            raise ValueError(f"{quoted}[SQL: INSERT]") from error
    except ValueError:
        lines = written("bug", trace=True)
    assert "Amal" not in lines
    assert "zweite" not in lines
    assert lines.count("DETAIL: [row]") == 2
    assert "INSERT" in lines


def test_plain_words_stay() -> None:
    assert cleaned("daily chore seal failed: Ümläute bleiben") == "daily chore seal failed: Ümläute bleiben"
