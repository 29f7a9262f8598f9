"""Files of a case: uploaded into a form, where they wait until it is sent, then with the case, internal or shared.

A form may name only the files uploaded into it, and those its process holds already: a foreign number is no file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import func, select

from workflows import policy
from workflows.actions import task_context
from workflows.core import audit, files
from workflows.core.errors import Invalid, NotFound
from workflows.core.files import File
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.engine.tasks import Task
from workflows.forms import Field, Form
from workflows.forms.errors import Refused

MOST_WAITING = 10
"""Files that may wait in one form."""

SHARED = "shared"
"""The property of a file field that says whether the association sees what is uploaded there (``"true"``)."""


AGAIN = Refused("file_again")
"""What becomes of an upload into a form that is too old, or not ours, to keep anything."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What a browser sent as a file: the name it gave and the content."""

    name: str
    content: IO[bytes]


def of_case(tx: Tx, case_id: int) -> list[File]:
    """The files of a case that the actor may see, oldest first: all for the office, the shared ones by status link."""
    mine = policy.allowed(tx, policy.FILE_READ, select(File)).where(File.about == f"case:{case_id}")
    return list(tx.session.scalars(mine.order_by(File.id)))


def find(tx: Tx, key: str) -> File:
    """One file of a case by its random name; raises ``NotFound``."""
    mine = policy.allowed(tx, policy.FILE_READ, select(File)).where(File.key == key)
    file = tx.session.scalar(mine)
    if file is None:
        raise NotFound("not_found", kind="file")
    return file


def content(tx: Tx, file: File) -> bytes:
    """What is in a file that was found."""
    return files.read(tx.session, file.id)


def attach(tx: Tx, case_id: int, upload: Upload, is_shared: bool) -> File:
    """Add a file to a case, internal or shared with the association; raises ``NotFound`` and ``Invalid``.

    One that the case holds already is not added again, but shared or kept inside as is said now.
    """
    case = policy.get(tx, policy.CASE_WORK, Case, case_id)
    known = {file.id for file in of_case(tx, case.id)}
    file = files.store(tx, upload.name, upload.content, case.stream, is_shared=is_shared)
    if file.id in known:
        return share(tx, case.id, file.key, is_shared)
    _record(tx, case.stream, file)
    return file


def attach_from_task(tx: Tx, task_id: int, upload: Upload, is_shared: bool) -> File:
    """Add a file to the case of a task the actor works on; raises ``NotFound`` and ``Invalid``."""
    case_id = task_context.case_id(tx, policy.get(tx, policy.TASK_WORK, Task, task_id))
    if case_id is None:
        raise NotFound("not_found", kind="case")
    return attach(tx, case_id, upload, is_shared)


def share(tx: Tx, case_id: int, key: str, is_shared: bool) -> File:
    """Show a file of the case to the association, or keep it inside from now on; raises ``NotFound``."""
    case = policy.get(tx, policy.CASE_WORK, Case, case_id)
    file = find(tx, key)
    if file.about != case.stream:
        raise NotFound("not_found", kind="file")
    if file.is_shared != is_shared:
        file.is_shared = is_shared
        event = "file.shared" if is_shared else "file.unshared"
        audit.record(tx, file.about, event, f"file:{file.id}", {"name": file.name})
    return file


def place_of(task: Task) -> str:
    """Where uploads into a task's form wait: with the task, for its draft belongs to whoever works on it next."""
    return f"task:{task.id}"


def keep(tx: Tx, place: str, upload: Upload) -> int | Refused:
    """Keep an upload in its form until the form is sent: its number, or why it was not taken."""
    waiting = tx.session.scalar(select(func.count()).select_from(File).where(File.about == place)) or 0
    if waiting >= MOST_WAITING:
        return Refused("too_many_files", max=MOST_WAITING)
    try:
        return files.store(tx, upload.name, upload.content, place).id
    except Invalid as error:
        ((problem,),) = error.problems.values()
        return Refused(problem.code, **problem.facts)


def usable(tx: Tx, form: Form, place: str, variables: Mapping[str, Any], about: str) -> dict[int, str]:
    """The files a form may name, with their names: uploaded into it, or held by the process in a field of its own."""
    if not _takes_files(form):
        return {}
    held = {number for _field, number in _named(form.fields, variables)}
    query = select(File.id, File.name).where(
        (File.about == place) | (File.id.in_(held) & (File.about == about) & (File.about != ""))
    )
    return dict(tx.session.execute(query.order_by(File.id)).tuples().all())


def hand_over(
    tx: Tx, form: Form, place: str, values: Mapping[str, Any], about: str, *, is_shared: bool, subject: str = ""
) -> None:
    """The form was sent: the files it names go to the case, what else was tried in it is forgotten.

    ``is_shared`` says whether the association itself sent them; else their fields say so. ``subject`` is what they
    were handed in for.
    """
    if not _takes_files(form):
        return
    for field, number in _named(form.fields, values):
        file = tx.session.get(File, number)
        if file is not None and file.about == place:
            file.about, file.subject = about, subject
            file.is_shared = is_shared or field.properties.get(SHARED) == "true"
            _record(tx, about, file)
    tx.session.flush()
    for rest in tx.session.scalars(select(File.id).where(File.about == place)).all():
        files.remove(tx, rest)


def _takes_files(form: Form) -> bool:
    return any(field.kind == "file" for field in form.walk())


def _record(tx: Tx, stream: str, file: File) -> None:
    audit.record(tx, stream, "file.added", f"file:{file.id}", {"name": file.name})


def _named(fields: Iterable[Field], values: Mapping[str, Any]) -> Iterator[tuple[Field, int]]:
    """The files that values name, each with its field."""
    for field in fields:
        value = values if field.kind == "group" and not field.key else values.get(field.key)
        if field.kind in {"group", "dynamiclist"}:
            for row in value if isinstance(value, list) else [value]:
                yield from _named(field.fields, row if isinstance(row, Mapping) else {})
        elif field.kind == "file":
            entries = value if isinstance(value, list | tuple) else [value]
            numbers = (entry for entry in entries if isinstance(entry, Decimal | int) and not isinstance(entry, bool))
            yield from ((field, int(number)) for number in numbers)
