"""When somebody else saved first: every editor shows its page again, with what was typed and who changed it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import request
from flask.typing import ResponseReturnValue

from webapp.access import Refusal
from webapp.security import row_id
from workflows.core.errors import Conflict

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


def read_from(now: Now) -> int | Now:
    """The revision a form was made from; ``now`` for one that does not say."""
    sent = row_id(request.form.get("revision", ""))
    return now if sent is None else sent
