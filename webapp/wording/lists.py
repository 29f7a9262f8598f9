"""The words of the office's code lists in the reader's language, read once for a page."""

from collections.abc import Collection, Sequence

from webapp.i18n import language
from workflows.core.tx import Tx
from workflows.domain import codes


class Words:
    """``word("topic", "rooms")`` is "Räume"; a value that is in no list shows itself."""

    def __init__(self, tx: Tx, lists: Collection[str]) -> None:
        self._words = codes.glossary(tx.session, lists, language())

    def __call__(self, name: str, key: str | None) -> str:
        return self._words.get((name, key or ""), key or "")

    def several(self, name: str, keys: Sequence[str]) -> str:
        """Several codes, joined."""
        return ", ".join(self(name, key) for key in keys)

    def options(self, name: str) -> list[dict[str, str]]:
        """All entries of a list as choices: key and name."""
        return [{"key": key, "name": words} for (of, key), words in self._words.items() if of == name]
