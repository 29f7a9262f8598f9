"""Notices of new tasks: at once or once a day.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UNTOLD = sa.text("status = 'open' AND told_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("immediate_since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_task_untold",
        "task",
        ["group_key", "created_at"],
        unique=False,
        sqlite_where=UNTOLD,
        postgresql_where=UNTOLD,
    )
    # Offices hear of a request at once, from now on; of what waits already they were mailed by its process.
    op.execute(
        "UPDATE user_account SET immediate_since = CURRENT_TIMESTAMP "
        "WHERE id IN (SELECT user_id FROM user_role WHERE role = 'office')"
    )
