"""A small process for the tests of pages and API: two tasks of the coordination, one after the other."""

import io
import zipfile
from collections.abc import Mapping

from tests.conftest import Begin
from tests.engine.diagrams import diagram, extended, flows, form, node
from workflows.core.tx import Actor, Tx
from workflows.engine import bundle, definitions, runtime
from workflows.operators import ENGINE, catalogue

KEY = "sample"
FIELDS = (
    {"type": "textfield", "key": "answer", "label": "Antwort", "validate": {"required": True}},
    {"type": "number", "key": "amount", "label": "Betrag"},
    {"type": "datetime", "subtype": "date", "key": "on", "label": "Datum", "dateLabel": "Datum"},
    {
        "type": "textarea",
        "key": "why",
        "label": "Warum so viel?",
        "conditional": {"hide": "=amount = null or amount < 100"},
        "validate": {"required": True},
    },
)


def archive(
    files: Mapping[str, bytes] | None = None,
    *more: Mapping[str, object],
    beside: Mapping[str, bytes] | None = None,
) -> bytes:
    """The bundle as a zip, its form with ``more`` fields; ``beside`` are further files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for path, content in {**(files or _files(*more)), **(beside or {})}.items():
            packed.writestr(f"{KEY}/{path}", content)
    return buffer.getvalue()


def _files(*more: Mapping[str, object]) -> dict[str, bytes]:
    inside = (
        node("startEvent", "begin")
        + _task("first", "Antworten")
        + _task("second", "Nachsehen")
        + node("endEvent", "done")
        + flows("begin>first", "first>second", "second>done")
    )
    return {f"{KEY}.bpmn": diagram(inside, key=KEY), "answer.form": form("answer", *FIELDS, *more)}


def _task(identity: str, name: str) -> str:
    extensions = (
        '<zeebe:formDefinition formId="answer"/>'
        '<zeebe:assignmentDefinition candidateGroups="=&quot;group:coordination&quot;"/>'
    )
    return node("userTask", identity, extended(extensions), name=name)


def deploy(tx: Tx, *more: Mapping[str, object]) -> None:
    """Deploy it."""
    definitions.deploy(tx, bundle.read(archive(None, *more)), catalogue(tx))


def start(begin: Begin, actor: Actor | None = None) -> int:
    """Start an instance; gives the id of its first task."""
    with begin(*([actor] if actor else [])) as tx:
        instance = runtime.start(tx, ENGINE, KEY, {}, subject="")
        tx.session.flush()
        return next(task.id for task in tasks_of(tx, instance.id))


def tasks_of(tx: Tx, instance_id: int) -> list[runtime.Task]:
    """All tasks of an instance, in the order they came."""
    return list(tx.session.query(runtime.Task).filter_by(instance_id=instance_id).order_by(runtime.Task.id))
