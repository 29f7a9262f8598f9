"""Appointments and invitations; translations of cases; needs, programmes and warm hand-offs among the referrals.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATUSES = (
    "'draft', 'sent', 'seen', 'accepted', 'declined', 'handed_on', 'expired', 'withdrawn', 'in_contact', 'reported', "
    "'confirmed', 'considered', 'closed'"
)
PURPOSES = "'referral_answer', 'case_status', 'sign_in', 'organisation_access', 'invitation'"

# Which partner office is asked about a programme of the first contents.
OFFICES = {
    "city_integration": "integration_department",
    "culture": "culture_office",
    "council_institutional": "foreigners_council",
    "council_project": "foreigners_council",
    "sport": "sport_funding",
    "wir_mo": "regional_council_darmstadt",
    "wir_innovative": "regional_council_darmstadt",
    "wir_guides": "regional_council_darmstadt",
    "wir_german": "regional_council_darmstadt",
    "hor": "house_of_resources",
}


def upgrade() -> None:
    _new_tables()
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("translation", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("office_key", sa.String(length=60), nullable=False, server_default=""))
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="help"))
        batch_op.add_column(sa.Column("programme_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_warm", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("consideration", sa.String(length=20), nullable=True))
        batch_op.create_foreign_key(op.f("fk_referral_programme_id"), "programme", ["programme_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_referral_status"), type_="check")
        batch_op.create_check_constraint(op.f("ck_referral_status"), f"status IN ({STATUSES})")
        batch_op.create_check_constraint(op.f("ck_referral_kind"), "kind IN ('help', 'need')")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_link_purpose"), type_="check")
        batch_op.create_check_constraint(op.f("ck_link_purpose"), f"purpose IN ({PURPOSES})")
    # The defaults are for the rows of before only; the code always says what it means.
    for table, column in (("case_file", "translation"), ("programme", "office_key"), ("referral", "kind")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.alter_column("is_warm", server_default=None)
    for programme, office in OFFICES.items():
        statement = sa.text("UPDATE programme SET office_key = :office WHERE key = :programme")
        op.execute(statement.bindparams(office=office, programme=programme))


def _new_tables() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("gets", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('sent', 'joined', 'declined', 'unanswered')", name=op.f("ck_invitation_status")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_invitation_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_case_id"), "invitation", ["case_id"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("proposed_by", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("proposed_by IN ('office', 'coordination')", name=op.f("ck_appointment_proposed_by")),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'declined', 'unanswered')", name=op.f("ck_appointment_status")
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_appointment_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_referral_id"), "appointment", ["referral_id"], unique=False)
