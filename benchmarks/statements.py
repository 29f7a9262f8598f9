"""Counting what one request asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

SIGN_IN = ("api_token", "web_session")


@dataclass(slots=True)
class Count:
    """What was asked; ``sign_in`` are the statements that find out who asks."""

    statements: list[str] = field(default_factory=list)
    sign_in: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Count]:
    """Everything sent to the database meanwhile; begin and commit are no statements."""
    count = Count()

    def sent(_connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        finds_who = any(table in statement for table in SIGN_IN)
        (count.sign_in if finds_who else count.statements).append(statement)

    def committed(_connection: Connection) -> None:
        count.commits += 1

    event.listen(engine, "before_cursor_execute", sent)
    event.listen(engine, "commit", committed)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", sent)
        event.remove(engine, "commit", committed)
