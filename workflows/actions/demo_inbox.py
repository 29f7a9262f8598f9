"""The inbox of a demonstration as somebody finds it in the middle of a week: some taken, some put off, filters kept."""

from datetime import timedelta

from workflows.actions import assigning, filters, task_list
from workflows.actions.demo_cases import Stage
from workflows.actions.task_list import Filter
from workflows.core.clock import BERLIN
from workflows.core.tx import Tx

FILTERS = (
    ("Eilig: hohe Priorität", "priority=high"),
    ("Förderung", "process=funding"),
    ("Ohne jemanden, bald fällig", "assignee=nobody&due=soon"),
)
BACK, LATER = timedelta(days=2), timedelta(days=6)


def arrange(stage: Stage) -> None:
    """Let the coordinator have worked with the list; meant for cases just played."""
    now = stage.clock.now()
    with stage.at(stage.coordinator) as tx:
        for name, query in FILTERS:
            filters.keep(tx, name, query)
        assigning.claim(tx, _tasks(tx)[-1])
    stage.clock.set(now - BACK)
    with stage.at(stage.coordinator) as tx:
        assigning.postpone(tx, _tasks(tx)[-2], now.astimezone(BERLIN).date())
    stage.clock.set(now)
    with stage.at(stage.coordinator) as tx:
        assigning.postpone(tx, _tasks(tx)[-3], (now + LATER).astimezone(BERLIN).date())


def _tasks(tx: Tx) -> list[int]:
    """The coordination's open tasks, whether put off or not."""
    return [task.id for task in task_list.list_tasks(tx, Filter(scope="group", follow_up="any")).items]
