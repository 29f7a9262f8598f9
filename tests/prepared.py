"""The first contents of a house, laid into an empty database: loaded once in a run, then copied row by row.

Loading checks every office, programme, form and diagram and takes seconds; thousands of tests only need the result.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Integer, insert, select, text
from sqlalchemy.orm import Session

from workflows.actions import bundles
from workflows.core.tx import Tx
from workflows.domain import seed
from workflows.migrations import tables

BUNDLES = Path(__file__).parents[1] / "bpmn"

Rows = dict[str, list[dict[str, Any]]]

_LOADED: dict[tuple[object, ...], Rows] = {}


def first_contents(tx: Tx, *, with_bundles: bool = True) -> None:
    """Offices, programmes and texts with demo addresses and, unless told otherwise, the bundles; the database is empty.

    What is kept for the next test depends on all that rows are made of: the moment and the keys they are signed with.
    """
    made_of = (with_bundles, tx.now, tx.settings.secret_key, tx.settings.audit_key)
    if made_of in _LOADED:
        _lay(tx.session, _LOADED[made_of])
        return
    seed.load(tx)
    seed.fill_demo_addresses(tx)
    if with_bundles:
        bundles.deploy_missing(tx, BUNDLES)
    tx.session.flush()
    _LOADED[made_of] = _every_row(tx.session)


def _every_row(session: Session) -> Rows:
    every = tables.metadata().sorted_tables
    return {table.name: [dict(row) for row in session.execute(select(table)).mappings()] for table in every}


def _lay(session: Session, rows: Rows) -> None:
    for table in tables.metadata().sorted_tables:
        if not rows[table.name]:
            continue
        session.execute(insert(table), rows[table.name])
        key = table.autoincrement_column
        if key is not None and isinstance(key.type, Integer) and session.get_bind().dialect.name == "postgresql":
            last = max(row[key.name] for row in rows[table.name])
            # Names come from the house's own tables.
            session.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
                {"table": table.name, "column": key.name, "last": last},
            )
