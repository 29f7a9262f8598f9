"""Embedded subprocesses and call activities: a process inside a token."""

from typing import TYPE_CHECKING

from workflows.engine import tokens
from workflows.engine.dialect.model import Element
from workflows.engine.faults import Stuck
from workflows.engine.tokens import Token

if TYPE_CHECKING:
    from workflows.engine.run import Run

MOST_NESTED = 40
"""Processes inside processes; a process that calls itself without end stops here."""


def execute(run: "Run", token: Token, element: Element) -> bool | None:
    """Begin what is inside, or pass on its results when it is done."""
    if "fired" in token.internal_data:
        _conclude(run, token, element)
        return True
    if token.workflow.depth >= MOST_NESTED:
        raise Stuck("nested_too_deep", most=MOST_NESTED)
    key = element.calls or element.id
    if element.kind == "call_activity" and not run.scopes.has(token.id.hex):
        run.scopes.open(token.id.hex, {})
    start = next(each for each in run.parsed.starts(key) if each.trigger.kind == "none")
    tokens.place(tokens.Subworkflow(token, key), start.id)
    return None


def finish(run: "Run", workflow: tokens.Subworkflow) -> None:
    """The last token inside is gone: wake the activity that holds the process."""
    owner = workflow.owner
    del run.top.subprocesses[owner.id]
    run.wake(owner, {})


def _conclude(run: "Run", token: Token, element: Element) -> None:
    """Without output mapping everything written inside is passed on, not what was only handed in."""
    inner = run.scopes.own(token.id.hex)
    passes = not element.outputs and (element.kind == "sub_process" or element.passes_all_results)
    given = {each.target.split(".")[0] for each in element.inputs}
    run.conclude(token, {name: value for name, value in inner.items() if passes and name not in given})
