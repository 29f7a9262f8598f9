"""Many open tasks at once: true copies of one running instance with its task and its timer, made by the database."""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, text

from workflows.core.db import Base, table_of
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

GROUPS = 80
"""Tasks are spread over so many groups; a person in three of them who stands in for a fourth may see 5 %."""

# Every second task has a due date; the factor is prime, so that dates follow no other order. No product is too large.
_SPREAD = "((instance.id % 100003) * 7919 % 100003)"
_DUE = {
    "sqlite": f"strftime('%Y-%m-%d %H:%M:%f000', '2027-01-01', '+' || {_SPREAD} || ' minutes')",
    "postgresql": f"TIMESTAMPTZ '2027-01-01 00:00+00' + make_interval(mins => {_SPREAD})",
}

_NUMBERS = (
    "(WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < :many) SELECT n FROM i) AS numbers"
)


def open_tasks(engine: Engine, template: int, wanted: int) -> None:
    """Add copies of the instance ``template`` until ``wanted`` tasks are open, and have the database look at them."""
    with engine.begin() as connection:
        open_now = _number(connection, "SELECT count(*) FROM task WHERE status = 'open'")
        if open_now < wanted:
            _copy(connection, template, wanted - open_now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")


def _copy(connection: Connection, template: int, many: int) -> None:
    due = _DUE[connection.dialect.name]
    task = {
        "instance_id": "instance.id",
        "group_key": f"'office:' || (1 + instance.id % {GROUPS})",
        "due_at": f"CASE WHEN (instance.id / {GROUPS}) % 2 = 0 THEN {due} END",
    }
    timer = {"instance_id": "instance.id", "due_at": due}
    place = {"template": template, "last": _number(connection, "SELECT max(id) FROM instance")}
    _insert(connection, Instance, {}, f"{_NUMBERS}, instance WHERE instance.id = :template", {**place, "many": many})
    for model, given, waits in ((Task, task, "open"), (Timer, timer, "waiting")):
        name = model.__tablename__
        of_template = f"instance, {name} WHERE {name}.instance_id = :template AND {name}.status = '{waits}'"
        _insert(connection, model, given, f"{of_template} AND instance.id > :last", place)


def _insert(
    connection: Connection, model: type[Base], given: Mapping[str, str], source: str, place: Mapping[str, int]
) -> None:
    """Rows like the template's, but for the columns that are given."""
    names = [column.name for column in table_of(model).columns if column.name != "id"]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(given.get(name, f'{model.__tablename__}."{name}"') for name in names)
    copied = f"INSERT INTO {model.__tablename__} ({columns}) SELECT {values} FROM {source}"  # noqa: S608 own names only
    used = {name: value for name, value in place.items() if f":{name}" in copied}
    connection.execute(text(copied), used)


def _number(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one() or 0)
