"""The house's own forms speak every language the readers of their pages do."""

import pytest

from workflows.actions import house_forms, house_mails

NAMES = sorted(path.stem for path in house_forms.FOLDER.glob("*.form"))
PUBLIC = [name for name in NAMES if name in {"organisation", "contact"}]


OTHERS = ("tr", "pl", "ru", "ar", "it", "uk")
ALIKE = {"Name", "Telefon"}  # the same word in more than one language


@pytest.mark.parametrize(
    ("name", "language"), [*((n, "en") for n in NAMES), *((n, other) for n in PUBLIC for other in OTHERS)]
)
def test_every_text_is_translated(name: str, language: str) -> None:
    missing = [text for text in house_forms.form(name).german() if house_forms.translate(text, language) == text]
    assert set(missing) <= ALIKE


def test_mails_of_the_house_come_in_every_language() -> None:
    found = {tuple(path.name.split(".")[:2]) for path in house_mails.FOLDER.glob("*.txt")}
    names = {name for name, _language in found}
    assert found == {(name, language) for name in names for language in ("de", "de_simple", "en", *OTHERS)}
