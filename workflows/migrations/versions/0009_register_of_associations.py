"""The register of associations: values with date and source, contact persons, relations, proposals, the directory.

Revision 0009, after 0008.
"""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op
from anyascii import anyascii

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TEXTS = {"kind": 12, "street": 200, "postal_code": 10, "city": 100, "folded_address": 200, "language": 12}
_DEFAULTS = {"kind": "association", "language": "de"}


def upgrade() -> None:
    _widen_organisation()
    _new_tables()
    _fold_again()
    with op.batch_alter_table("link") as batch:
        batch.drop_constraint(op.f("ck_link_purpose"), type_="check")
        batch.create_check_constraint(
            op.f("ck_link_purpose"),
            "purpose IN ('referral_answer', 'case_status', 'sign_in', 'organisation_access')",
        )


def _widen_organisation() -> None:
    with op.batch_alter_table("organisation") as batch:
        for name, length in _TEXTS.items():
            batch.add_column(sa.Column(name, sa.String(length=length), nullable=True))
        for name in ("advisor_id", "deputy_id"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch.add_column(sa.Column("directory", sa.LargeBinary(), nullable=True))
        for name in ("directory_at", "confirmed_at", "asked_at"):
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    organisation = sa.table("organisation", *(sa.column(name) for name in _TEXTS))
    op.execute(organisation.update().values({name: _DEFAULTS.get(name, "") for name in _TEXTS}))
    with op.batch_alter_table("organisation") as batch:
        for name, length in _TEXTS.items():
            batch.alter_column(name, existing_type=sa.String(length=length), nullable=False)
        batch.create_index(batch.f("ix_organisation_folded_address"), ["folded_address"], unique=False)
        for name in ("advisor_id", "deputy_id"):
            batch.create_foreign_key(op.f(f"fk_organisation_{name}"), "user_account", [name], ["id"])
        batch.create_check_constraint(op.f("ck_organisation_kind"), "kind IN ('association', 'umbrella', 'network')")


def _belongs(table: str, column: str = "organisation_id") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], ["organisation.id"], name=name, ondelete="CASCADE")


def _new_tables() -> None:
    op.create_table(
        "organisation_value",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("attribute", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        _belongs("organisation_value"),
        sa.PrimaryKeyConstraint("organisation_id", "attribute", name=op.f("pk_organisation_value")),
    )
    op.create_table(
        "contact_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("folded_email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("contact_person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_person")),
    )
    for column in ("organisation_id", "folded_email"):
        op.create_index(op.f(f"ix_contact_person_{column}"), "contact_person", [column], unique=False)
    op.create_table(
        "organisation_relation",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('umbrella', 'network', 'partner')", name=op.f("ck_organisation_relation_kind")),
        _belongs("organisation_relation"),
        _belongs("organisation_relation", "other_id"),
        sa.PrimaryKeyConstraint("organisation_id", "other_id", name=op.f("pk_organisation_relation")),
    )
    op.create_table(
        "organisation_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'accepted', 'rejected')", name=op.f("ck_organisation_proposal_status")
        ),
        _belongs("organisation_proposal"),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact_person.id"],
            name=op.f("fk_organisation_proposal_contact_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_proposal")),
    )
    index = op.f("ix_organisation_proposal_organisation_id")
    op.create_index(index, "organisation_proposal", ["organisation_id"], unique=False)


# How names are compared from here on, written down as it is today: a revision never changes.
_SPELLINGS = (
    *(("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"), ("th", "t"), ("sch", "sh"), ("tsh", "ch")),
    *(("dj", "j"), ("dsh", "j"), ("ck", "k"), ("w", "v"), ("y", "i"), ("c", "k"), ("q", "k"), ("z", "s")),
)
_FORMS = {"ev", "e", "v", "verein", "gemeinnutsig", "gemeinnutsiger", "initiative", "eingetragener"}


def _fold_again() -> None:
    organisation = sa.table("organisation", sa.column("id"), sa.column("name"), sa.column("folded_name"))
    word = sa.table("search_word", sa.column("kind"), sa.column("word"), sa.column("row_id"))
    rows = op.get_bind().execute(sa.select(organisation.c.id, organisation.c.name)).all()
    for number, name in rows:
        folded = _folded(name)
        op.execute(organisation.update().where(organisation.c.id == number).values(folded_name=folded))
        plain = {part for part in re.split(r"[^a-z0-9]+", anyascii(name.casefold()).lower()) if part}
        found: list[dict[str, Any]] = [
            {"kind": "organisation", "word": part[:40], "row_id": number} for part in sorted(plain)
        ]
        found += [{"kind": "organisation~", "word": gram, "row_id": number} for gram in sorted(_grams(folded))]
        if found:
            op.bulk_insert(word, found)


def _folded(name: str) -> str:
    umlauts = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
    plain = unicodedata.normalize("NFKC", name).casefold().translate(umlauts).replace(".", "")
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
    words = []
    for part in re.sub(r"[^a-z0-9]+", " ", anyascii(plain).lower()).split():
        folded = part
        for habit, written in _SPELLINGS:
            folded = folded.replace(habit, written)
        words.append(re.sub(r"(.)\1+", r"\1", folded))
    return " ".join([part for part in words if part not in _FORMS] or words)[:200]


def _grams(text: str) -> set[str]:
    return {f"  {part} "[start : start + 3] for part in text.split() for start in range(len(part) + 1)}
