"""Failed firings of timers and retries of incidents.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_incident_due",
            ["next_at", "id"],
            unique=False,
            postgresql_where=sa.text("resolved_at IS NULL"),
            sqlite_where=sa.text("resolved_at IS NULL"),
        )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("error", sa.Text(), nullable=True))
    # The default is for the rows of before only; the code always says how many.
    for table in ("incident", "timer"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("attempts", server_default=None)
    # What waits since before is tried again by the worker, too.
    op.execute("UPDATE incident SET next_at = created_at WHERE resolved_at IS NULL")
