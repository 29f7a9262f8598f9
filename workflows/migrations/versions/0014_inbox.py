"""Filters people keep; lists of open tasks in the order of their dates, and those put off by their day.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filter_user_id_name")),
    )
    for name, columns in (
        ("ix_task_open_group", ["group_key", "due_at", "id"]),
        ("ix_task_open_assignee", ["assignee_id", "due_at", "id"]),
    ):
        op.drop_index(name, table_name="task")
        op.create_index(name, "task", columns, postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index("ix_task_open_follow_up", "task", ["follow_up_on"], postgresql_where=OPEN, sqlite_where=OPEN)
