"""Nothing is stored about people that nobody has thought about."""

from workflows.core.files import FileChunk
from workflows.domain.personal_data import COLUMNS
from workflows.migrations import tables


def test_every_column_of_every_table_is_classified() -> None:
    stored = {(table.name, column.name) for table in tables.metadata().tables.values() for column in table.columns}
    assert sorted(stored - COLUMNS.keys()) == []
    assert sorted(COLUMNS.keys() - stored) == []


def test_every_class_has_its_reason() -> None:
    assert [place for place, column in COLUMNS.items() if not column.reason.strip()] == []


def test_free_text_and_uploads_count_as_special() -> None:
    """Art. 9 GDPR: where people write freely, anything may stand."""
    places = [("case_file", "text"), ("case_note", "text"), ("referral", "extract"), (FileChunk.__tablename__, "data")]
    assert {COLUMNS[place].kind for place in places} == {"special"}


def test_the_chain_that_is_never_erased_tells_nothing_about_a_person() -> None:
    kinds = {column.kind for (table, _name), column in COLUMNS.items() if table in {"audit_entry", "audit_seal"}}
    assert kinds == {"none"}
