"""Tasks shared with whoever asked; when a funded project begins, ends and is to be proven.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("proof_due_on", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_application_ends_on"), ["ends_on"], unique=False)
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    # The default is for the rows of before only; the code always says which.
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.alter_column("is_shared", server_default=None)
