"""What an office offers, who answers there, and how full it is.

Revision 0007, after 0006.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    new: dict[str, tuple[Any, str, str]] = {
        "contacts": (sa.LargeBinary(), "CAST('[]' AS BLOB)", "'[]'"),
        "capacity": (sa.String(length=8), "'unknown'", "'unknown'"),
        "capacity_note": (sa.String(length=300), "''", "''"),
        "interpreting": (sa.String(length=300), "''", "''"),
        "accessibility": (sa.String(length=300), "''", "''"),
    }
    with op.batch_alter_table("office") as batch:
        for name, (kind, _, _) in new.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (_, sqlite, postgresql) in new.items():
        op.execute(f"UPDATE office SET {name} = {sqlite if is_sqlite else postgresql}")  # noqa: S608 fixed words
    with op.batch_alter_table("office") as batch:
        for name, (kind, _, _) in new.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.create_check_constraint(op.f("ck_office_capacity"), "capacity IN ('open', 'limited', 'full', 'unknown')")
