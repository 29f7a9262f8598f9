"""Wishes for a link by mail, links to set a password, names of browsers, scopes of tokens.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('sign_in', 'set_password')", name=op.f("ck_sign_in_request_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_request")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_link_purpose"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_link_purpose"),
            "purpose IN ('referral_answer', 'case_status', 'sign_in', 'organisation_access', 'invitation', 'set_password')",
        )
    # Tokens of before may do what they could, sessions of before have no name.
    op.add_column("api_token", sa.Column("scope", sa.String(length=10), nullable=False, server_default="work"))
    op.add_column("web_session", sa.Column("device", sa.String(length=60), nullable=False, server_default=""))
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.alter_column("scope", existing_type=sa.String(length=10), server_default=None)
        batch_op.create_check_constraint(op.f("ck_api_token_scope"), "scope IN ('work', 'read')")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.alter_column("device", existing_type=sa.String(length=60), server_default=None)
