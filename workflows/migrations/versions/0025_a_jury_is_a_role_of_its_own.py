"""a jury is a role of its own, and sees the papers handed in with an application

Revision 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ROLES = "'coordinator', 'leadership', 'jury', 'office', 'process_owner', 'reviewer', 'admin'"


def upgrade() -> None:
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_user_role_role"), type_="check")
        batch_op.create_check_constraint(op.f("ck_user_role_role"), f"role IN ({ROLES})")
    # The default stays: a program of the version before may still write beside this one.
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=60), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_file_subject"), ["subject"], unique=False)
