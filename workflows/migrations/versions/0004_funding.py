"""Funding applications, pots of programmes, and the facts of programmes that decision tables read.

Revision 0004, after 0003.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.CheckConstraint("remaining >= 0 AND remaining <= total", name=op.f("ck_programme_year_remaining")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_programme_year_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_year")),
        sa.UniqueConstraint("programme_id", "year", name=op.f("uq_programme_year_programme_id_year")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.Column("requested", sa.BigInteger(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_to", sa.String(length=300), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("awarded", sa.BigInteger(), nullable=True),
        sa.Column("drawn", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.Column("repaid", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "status IN ('advice', 'preparing', 'submitted', 'incomplete', 'awarded', 'rejected', 'proven',"
            " 'withdrawn', 'closed')",
            name=op.f("ck_application_status"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_application_case_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_application_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_status"), ["status"], unique=False)

    types: dict[str, sa.types.TypeEngine[Any]] = {
        "decision": sa.String(length=12),
        "quorum": sa.Integer(),
        "ceiling_name": sa.String(length=60),
        "documents": sa.LargeBinary(),
        "needs_goal": sa.Boolean(),
        "deadline_rule": sa.LargeBinary(),
    }
    with op.batch_alter_table("programme", schema=None) as batch_op:
        for name, kind in types.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    # Rows of before: nothing known yet, the office fills it in.
    programme = sa.table("programme", *(sa.column(name, kind) for name, kind in types.items()))
    op.execute(
        programme.update().values(
            decision="outside", quorum=3, ceiling_name="", documents=b"[]", needs_goal=False, deadline_rule=b"{}"
        )
    )
    with op.batch_alter_table("programme", schema=None) as batch_op:
        for name, kind in types.items():
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_check_constraint(op.f("ck_programme_decision"), "decision IN ('jury', 'outside')")
