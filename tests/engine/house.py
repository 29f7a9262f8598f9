"""A house around the engine for tests: deploys drawings, acts in transactions of their own, reads what is stored."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from tests.conftest import Begin
from tests.engine.drawing import Drawing
from workflows.core.clock import SetClock
from workflows.core.tx import SYSTEM, Actor, Tx
from workflows.engine import messages, runtime, timers
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.engine.definitions import Edition, Process, Version
from workflows.engine.events import Event
from workflows.engine.incidents import Incident
from workflows.engine.messages import Message, Subscription
from workflows.engine.run import Engine
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer


def operator(name: str, run: Callable[[Tx, Call], Mapping[str, Any] | None], *required: str) -> dict[str, Operator]:
    """A catalogue entry."""
    return {name: Operator(name, name, tuple(Parameter(each) for each in required), run)}


@dataclass
class House:
    """Every verb is one transaction on a fresh session: the instance is saved and loaded between all steps."""

    begin: Begin
    clock: SetClock
    engine: Engine = field(default_factory=Engine)

    def deploy(self, drawing: Drawing, files: Mapping[str, bytes] | None = None) -> int:
        """Store a version without the check, which refuses what some tests need; gives its id."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"{drawing.key}/{drawing.key}.bpmn", drawing.xml())
            for path, content in (files or {}).items():
                archive.writestr(f"{drawing.key}/{path}", content)
        data = buffer.getvalue()
        with self.begin() as tx:
            if tx.session.get(Process, drawing.key) is None:
                tx.session.add(Process(key=drawing.key, name=drawing.key, created_at=tx.now))
                tx.session.flush()
            number = len(tx.session.scalars(select(Version.id).where(Version.process_key == drawing.key)).all()) + 1
            version = Version(
                process_key=drawing.key,
                number=number,
                patch=0,
                sha256=sha256(data).hexdigest(),
                logic_sha256=sha256(data).hexdigest(),
                status="active",
                deployed_at=tx.now,
                deployed_by="test",
            )
            tx.session.add(version)
            tx.session.flush()
            tx.session.add(
                Edition(
                    version_id=version.id,
                    patch=0,
                    sha256=version.sha256,
                    files=data,
                    deployed_at=tx.now,
                    deployed_by="test",
                )
            )
            return version.id

    def start(self, key: str = "p", subject: str = "case:1", **variables: Any) -> int:
        with self.begin() as tx:
            return runtime.start(tx, self.engine, key, variables, subject=subject).id

    def run(self, drawing: Drawing, **variables: Any) -> int:
        """Deploy and start."""
        key = drawing.key
        self.deploy(drawing)
        return self.start(key, **variables)

    def open_tasks(self, instance: int) -> list[str]:
        with self.begin() as tx:
            found = select(Task.element_id).where(Task.instance_id == instance, Task.status == "open")
            return sorted(tx.session.scalars(found))

    def tasks(self, instance: int, element: str | None = None) -> list[Task]:
        with self.begin() as tx:
            found = select(Task).where(Task.instance_id == instance).order_by(Task.id)
            return list(tx.session.scalars(found.where(Task.element_id == element) if element else found))

    def complete(self, instance: int, element: str, actor: Actor = SYSTEM, **values: Any) -> None:
        """Complete the first open task of that element."""
        with self.begin() as tx:
            found = select(Task.id).where(
                Task.instance_id == instance, Task.element_id == element, Task.status == "open"
            )
            task = tx.session.scalars(found.order_by(Task.id)).first()
        assert task is not None, f"no open task {element}"
        self.complete_task(task, actor, **values)

    def complete_task(self, task_id: int, actor: Actor = SYSTEM, **values: Any) -> None:
        with self.begin(actor) as tx:
            runtime.complete(tx, self.engine, task_id, values)

    def send(self, name: str, key: str, unique: str | None = None, **variables: Any) -> None:
        with self.begin() as tx:
            messages.send(tx, name, key, variables, unique_key=unique)

    def work(self) -> int:
        """What a worker does until nothing is due: messages and timers, one per transaction; gives how many."""
        for count in range(1000):
            with self.begin() as tx:
                message, timer = messages.next_deliverable(tx), timers.next_due(tx)
                if message is not None:
                    runtime.deliver(tx, self.engine, message)
                elif timer is not None:
                    runtime.fire_timer(tx, self.engine, timer)
                else:
                    return count
        raise AssertionError("the worker never comes to rest")

    def retry(self, instance: int) -> None:
        """Try the first open incident again."""
        incident = self.incidents(instance)[0]
        with self.begin() as tx:
            runtime.retry(tx, self.engine, incident.id)

    def incidents(self, instance: int) -> list[Incident]:
        with self.begin() as tx:
            found = select(Incident).where(Incident.instance_id == instance, Incident.resolved_at.is_(None))
            return list(tx.session.scalars(found.order_by(Incident.id)))

    def instance(self, instance: int) -> Instance:
        with self.begin() as tx:
            found = tx.session.get(Instance, instance)
            assert found is not None
            return found

    def status(self, instance: int) -> str:
        return self.instance(instance).status

    def variables(self, instance: int) -> dict[str, Any]:
        return self.instance(instance).variables[""]

    def events(self, instance: int, kind: str = "element.completed") -> list[str]:
        """The elements of events of one kind in order."""
        with self.begin() as tx:
            found = select(Event.element_id).where(Event.instance_id == instance, Event.kind == kind)
            return [each or "" for each in tx.session.scalars(found.order_by(Event.id))]

    def open_rows(self, instance: int) -> dict[str, int]:
        """How many rows still wait for something."""
        with self.begin() as tx:

            def count(query: Any) -> int:
                return len(tx.session.scalars(query).all())

            return {
                "tasks": count(select(Task.id).where(Task.instance_id == instance, Task.status == "open")),
                "timers": count(select(Timer.id).where(Timer.instance_id == instance, Timer.status == "waiting")),
                "subscriptions": count(select(Subscription.id).where(Subscription.instance_id == instance)),
                "messages": count(select(Message.id).where(Message.delivered_at.is_(None))),
            }

    def timers(self, instance: int) -> list[Timer]:
        with self.begin() as tx:
            found = select(Timer).where(Timer.instance_id == instance, Timer.status == "waiting")
            return list(tx.session.scalars(found.order_by(Timer.due_at)))


NOTHING_OPEN = {"tasks": 0, "timers": 0, "subscriptions": 0, "messages": 0}
