"""From one version of a process to another while its cases run: what changes for each, and the move itself."""

from workflows.engine.migration.moving import Earlier, move, undo
from workflows.engine.migration.names import proposed_names
from workflows.engine.migration.planning import CHANGED, REFUSED, UNCHANGED, WAITS, Plan, Verdict, plan
from workflows.engine.migration.reasons import WITHOUT_TARGET, Reason, reason_text
from workflows.engine.migration.waiting_tasks import changes_text

__all__ = [
    "CHANGED",
    "REFUSED",
    "UNCHANGED",
    "WAITS",
    "WITHOUT_TARGET",
    "Earlier",
    "Plan",
    "Reason",
    "Verdict",
    "changes_text",
    "move",
    "plan",
    "proposed_names",
    "reason_text",
    "undo",
]
