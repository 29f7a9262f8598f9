"""Files: a random name for addresses, whether the association sees them, who brought them.

Revision 0006, after 0005.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("uploaded_by", sa.String(length=200), nullable=False, server_default=""))
    file = sa.table("file", sa.column("id", sa.Integer), sa.column("key", sa.String))
    bind = op.get_bind()
    for (number,) in bind.execute(sa.select(file.c.id)).all():
        bind.execute(sa.update(file).where(file.c.id == number).values(key=secrets.token_urlsafe(16)))
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.alter_column("key", nullable=False)
        # The defaults are for the rows of before only.
        batch_op.alter_column("is_shared", server_default=None)
        batch_op.alter_column("uploaded_by", server_default=None)
        batch_op.create_unique_constraint("uq_file_key", ["key"])
