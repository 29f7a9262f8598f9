"""What Alembic runs for every command: it gets its connection handed in and never commits by itself."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator

from workflows.migrations import tables


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database: revisions must outlive changes of the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata(),
    render_as_batch=True,
    render_item=render_item,
    compare_server_default=True,
    transactional_ddl=True,
)
context.run_migrations()
