"""The house's own forms speak every language the readers of their pages do."""

import pytest

from workflows.actions import house_forms

NAMES = sorted(path.stem for path in house_forms.FOLDER.glob("*.form"))
PUBLIC = [name for name in NAMES if name in {"organisation", "contact"}]


@pytest.mark.parametrize(("name", "language"), [*((n, "en") for n in NAMES), *((n, "ar") for n in PUBLIC)])
def test_every_text_is_translated(name: str, language: str) -> None:
    missing = [text for text in house_forms.form(name).german() if house_forms.translate(text, language) == text]
    assert [text for text in missing if text != "Name"] == []
