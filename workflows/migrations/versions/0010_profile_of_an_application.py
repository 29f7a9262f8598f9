"""What an association says of itself stays with its application, for the next one.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from workflows.core.db import TypedJson

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("profile", TypedJson(), nullable=True))
