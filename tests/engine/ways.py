"""One story run in two ways: straight through in memory, and with save and load between all steps.

A step is a mapping with one verb: ``complete: ELEMENT`` (with ``values``), ``message: NAME`` (with ``key`` and
``values``), ``wait: DURATION``, ``fire: ELEMENT`` (its timer, due or not), ``retry: ELEMENT`` (its incident). Elements
are named by their ids.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.engine.house import House, operator
from workflows.core.tx import Tx
from workflows.engine import definitions, moments, runtime, tokens
from workflows.engine.behaviours import happenings
from workflows.engine.catalogue import BpmnError, Call
from workflows.engine.messages import Subscription
from workflows.engine.run import Engine, Run
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

Step = Mapping[str, Any]
Outcome = tuple[list[str], list[str], dict[str, Any]]
"""What is open, the elements completed so far in order, the variables of the instance."""


def _echo(tx: Tx, call: Call) -> Mapping[str, Any]:
    return dict(call.inputs)


def _fail(tx: Tx, call: Call) -> Mapping[str, Any]:
    raise BpmnError("full", {"places": 0})


#: ``echo`` gives back its inputs, ``strict`` needs one of them, ``fail`` throws the error ``full``.
ENGINE = Engine({**operator("echo", _echo), **operator("strict", _echo, "what"), **operator("fail", _fail)})


class Stored:
    """Every step in a transaction of its own: the instance is saved and loaded between all of them."""

    def __init__(self, house: House, instance: int) -> None:
        self.house = house
        self.instance = instance

    @classmethod
    def begun(cls, house: House, key: str, variables: Mapping[str, Any]) -> "Stored":
        """A new instance."""
        way = cls(house, house.start(key, **variables))
        house.work()
        return way

    def do(self, step: Step) -> None:
        values = step.get("values", {})
        if "complete" in step:
            self.house.complete(self.instance, step["complete"], **values)
        elif "message" in step:
            self.house.send(step["message"], step["key"], **values)
        elif "fire" in step:
            timer = next(each for each in self.house.timers(self.instance) if each.element_id == step["fire"])
            with self.house.begin() as tx:
                runtime.fire_timer(tx, self.house.engine, timer.id)
        elif "retry" in step:
            incidents = self.house.incidents(self.instance)
            incident = next(each for each in incidents if each.element_id == step["retry"])
            with self.house.begin() as tx:
                runtime.retry(tx, self.house.engine, incident.id)
        else:
            now = self.house.clock.now()
            self.house.clock.set(moments.period(step["wait"]).after(now))
        self.house.work()

    def outcome(self) -> Outcome:
        found = self.house.instance(self.instance)
        waiting = self.house.open_tasks(self.instance)
        return waiting, self.house.events(self.instance), found.variables[""]


class Straight:
    """One run that stays in memory: nothing is ever saved or loaded between the steps."""

    def __init__(self, tx: Tx, key: str, variables: Mapping[str, Any]) -> None:
        definition = definitions.active(tx.session, key)
        instance = Instance(version_id=definition.version_id, process_key=key, subject="case:1", revision=1)
        instance.variables = {"": dict(variables)}
        instance.id = 1_000_000
        # A run writes to the database only when an operator locks it; here the operators of the tests do nothing.
        self.run = Run(replace(tx), ENGINE, definition, instance)
        self.run.is_locked = True
        self.run.top = tokens.Workflow(self.run.parsed.specs, key, self.run)
        (start,) = [each for each in self.run.parsed.starts(key) if each.trigger.kind == "none"]
        tokens.place(self.run.top, start.id)
        self.run.drive()

    def waits(self, kind: type[Any]) -> list[Any]:
        """The rows that would be stored for what is waited for now, oldest first."""
        opened = self.run.changes._opened.items()
        rows = [rows[-1] for token, rows in opened if isinstance(rows[-1], kind) and self._token(token) is not None]
        return [row for row in rows if self._token(row.token)._state == tokens.STARTED]

    def _token(self, token: str) -> Any:
        return tokens.find(self.run.top, token)

    def do(self, step: Step) -> None:
        values = step.get("values", {})
        if "complete" in step:
            row = next(row for row in self.waits(Task) if row.element_id == step["complete"])
            self.run.wake(self._token(row.token), values)
            self.run.drive()
        elif "message" in step:
            address = (step["message"], step["key"])
            found = [row for row in self.waits(Subscription) if (row.name, row.correlation_key) == address]
            for row in found[:1]:
                happenings.happen(self.run, self._token(row.token), values)
                self.run.drive()
        elif "fire" in step:
            row = next(row for row in self.waits(Timer) if row.element_id == step["fire"])
            happenings.elapse(self.run, self._token(row.token), row.due_at)
            self.run.drive()
        elif "retry" in step:
            stuck = {token: element for token, (element, _) in self.run.changes._incidents.items()}
            token = self._token(next(token for token, element in stuck.items() if element == step["retry"]))
            del self.run.changes._incidents[token.id.hex]
            del token.internal_data["incident"]
            self.run.drive()
        else:
            self._wait(moments.period(step["wait"]).after(self.run.tx.now))

    def _wait(self, until: datetime) -> None:
        self.run.tx = replace(self.run.tx, now=until)
        while due := [row for row in self.waits(Timer) if row.due_at <= until]:
            row = min(due, key=lambda each: each.due_at)
            happenings.elapse(self.run, self._token(row.token), row.due_at)
            self.run.drive()

    def outcome(self) -> Outcome:
        waiting = sorted(row.element_id for row in self.waits(Task))
        done = [each["element_id"] or "" for each in self.run.changes._events if each["kind"] == "element.completed"]
        return waiting, done, self.run.scopes.stored()[""]
