"""Deputies: who is absent, who stands in, on which days.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deputyship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("absent_id <> deputy_id", name=op.f("ck_deputyship_two_people")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_deputyship_days")),
        sa.ForeignKeyConstraint(["absent_id"], ["user_account.id"], name=op.f("fk_deputyship_absent_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user_account.id"], name=op.f("fk_deputyship_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputyship")),
    )
    with op.batch_alter_table("deputyship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deputyship_absent_id"), ["absent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deputyship_deputy_id"), ["deputy_id"], unique=False)
