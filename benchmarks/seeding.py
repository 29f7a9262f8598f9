"""Many open tasks at once: true copies of one running instance with its task and its timer, made by the database."""

from sqlalchemy import Connection, Engine, text

GROUPS = 60
"""Tasks are spread over so many groups; a person in three of them may see 5 %."""

# Every second task has a due date; the factor is prime, so that dates follow no other order.
_SPREAD = "((instance.id * 7919) % 100003)"
_DUE = {
    "sqlite": f"strftime('%Y-%m-%d %H:%M:%f000', '2027-01-01', '+' || {_SPREAD} || ' minutes')",
    "postgresql": f"TIMESTAMPTZ '2027-01-01 00:00+00' + make_interval(mins => {_SPREAD})",
}

_INSTANCES = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many)
INSERT INTO instance (version_id, process_key, subject, status, state, variables, revision, started_at, started_by)
SELECT version_id, process_key, '', status, state, variables, revision, started_at, started_by
FROM numbers, instance WHERE instance.id = :template
"""
_TASKS = """
INSERT INTO task (instance_id, token, element_id, name, process_key, subject, group_key, form_id, status, priority,
                  created_at, revision, due_at)
SELECT instance.id, task.token, task.element_id, task.name, task.process_key, '',
       'office:' || (1 + instance.id % {groups}), task.form_id, 'open', 50, task.created_at, 0,
       CASE WHEN (instance.id / {groups}) % 2 = 0 THEN {due} END
FROM instance, task WHERE task.instance_id = :template AND task.status = 'open' AND instance.id > :last
"""
_TIMERS = """
INSERT INTO timer (instance_id, token, element_id, due_at, status)
SELECT instance.id, timer.token, timer.element_id, {due}, 'waiting'
FROM instance, timer WHERE timer.instance_id = :template AND timer.status = 'waiting' AND instance.id > :last
"""


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
    place = {"template": template, "last": _number(connection, "SELECT max(id) FROM instance")}
    connection.execute(text(_INSTANCES), {"template": template, "many": many})
    connection.execute(text(_TASKS.format(groups=GROUPS, due=due)), place)
    connection.execute(text(_TIMERS.format(due=due)), place)


def _number(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one() or 0)
