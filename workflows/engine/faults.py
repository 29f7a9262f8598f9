"""What goes wrong while an instance runs, before it becomes an incident or a conflict."""

from typing import Any

from workflows.core.errors import Conflict


class Stuck(Exception):
    """An automatic step cannot be done; the token stays where it is and an incident says why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class StateMoved(Conflict):
    """Somebody else moved the instance since it was loaded: read it again and run again."""
