"""Names of several words or with operators in them, found as the longest match (DMN 1.5 § 10.3.1.2)."""

from collections.abc import Iterable, Sequence

from workflows.feel.errors import FeelSyntaxError
from workflows.feel.lexer import Token, tokenize


class NameIndex:
    """Known names that are more than one token, by their first token."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Learn a name; one that is no sequence of tokens cannot be written in FEEL and is left out."""
        if name.isidentifier():
            return
        try:
            words = tuple(token.text for token in tokenize(name)[:-1])
        except FeelSyntaxError:
            return
        if len(words) > 1:
            candidates = self._by_first.setdefault(words[0], [])
            candidates.append((words, name))
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    def match(self, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
        """Find the longest known name at a token: the name and how many tokens it takes."""
        for words, name in self._by_first.get(tokens[index].text, ()):
            if tuple(token.text for token in tokens[index : index + len(words)]) == words:
                return name, len(words)
        return None
