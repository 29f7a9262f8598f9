"""When somebody else saved first: every editor shows its page again, with what was typed and who changed it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from flask import request
from flask.typing import ResponseReturnValue

from webapp.access import Refusal
from webapp.security import row_id
from webapp.workshop import apart
from workflows.actions import diagram_steps as walk
from workflows.core.errors import Conflict
from workflows.core.tx import Tx

Now = TypeVar("Now", int, None)


@contextmanager
def shown_again(page: Callable[[Conflict], ResponseReturnValue]) -> Iterator[None]:
    """What was overtaken inside is answered 409 with ``page``; nothing of it is kept."""
    try:
        yield
    except Conflict as moved:
        if moved.code != "draft_moved":
            raise
        raise Refusal(page(moved), 409) from moved


def told(tx: Tx, draft_id: int, moved: Conflict | None) -> Sequence[str]:
    """What somebody else changed in the diagram since the page was made, in one line a change."""
    read = None if moved is None else read_from(None)
    found = None if read is None else walk.changed_since(tx, draft_id, read)
    return () if found is None else apart.told(found)


def read_from(now: Now) -> int | Now:
    """The revision a form was made from; ``now`` for one that does not say."""
    sent = row_id(request.form.get("revision", ""))
    return now if sent is None else sent
