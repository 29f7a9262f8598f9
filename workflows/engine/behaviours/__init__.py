"""What each kind of element does when a token stands on it: one function per kind, chosen by table."""

from collections.abc import Callable
from typing import Any

from workflows.engine.behaviours import activities, gateways, happenings, people, subprocesses

Behaviour = Callable[[Any, Any, Any], bool | None]

BEHAVIOURS: dict[str, Behaviour] = {
    "start_event": happenings.start,
    "end_event": happenings.end,
    "intermediate_catch_event": happenings.catch,
    "intermediate_throw_event": happenings.throw,
    "boundary_event": happenings.catch,
    "receive_task": happenings.receive,
    "user_task": people.user_task,
    "manual_task": people.user_task,
    "service_task": activities.service_task,
    "script_task": activities.script_task,
    "business_rule_task": activities.business_rule_task,
    "send_task": happenings.send,
    "exclusive_gateway": gateways.exclusive,
    "parallel_gateway": gateways.parallel,
    "inclusive_gateway": gateways.inclusive,
    "event_based_gateway": gateways.event_based,
    "sub_process": subprocesses.execute,
    "call_activity": subprocesses.execute,
}
