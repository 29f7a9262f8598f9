"""Named places at which a test lets its own process die by SIGKILL, to prove that nothing is lost or doubled there."""

import os
import signal

VARIABLE = "LOTSE_KILL_AT"
"""Set by tests only: ``name`` dies at the first pass, ``name:3`` at the third."""

_name, _, _pass = os.environ.get(VARIABLE, "").partition(":")
_left = int(_pass or 1)


def reach(name: str) -> None:
    """Go on; a process started with ``LOTSE_KILL_AT=name`` ends here without any cleaning up."""
    global _left  # noqa: PLW0603  # the count of passes belongs to the process, as its death does
    if name != _name:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
