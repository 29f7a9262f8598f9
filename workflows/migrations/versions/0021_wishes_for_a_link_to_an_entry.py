"""wishes for a link to an association's entry

Revision 0021, after 0020.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in_request", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_sign_in_request_purpose"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_sign_in_request_purpose"), "purpose IN ('sign_in', 'set_password', 'organisation_access')"
        )
