"""Search over one table of normalised words that serves both databases.

A word is folded to plain Latin letters and digits: case, accents and scripts disappear. German umlauts are known in
both spellings, so that Müller, Mueller and Muller find each other.
"""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii
from sqlalchemy import Select, String, delete, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import ColumnElement

from workflows.core import sensitive_words
from workflows.core.db import Base
from workflows.core.tx import Tx

LONGEST = 40
"""Letters of a word that count."""

MOST_WORDS = 8
"""Words of a query that count."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NO_WORD = re.compile(r"[^a-z0-9]+")
_BEHIND_ALL = "\x7f"

# Bytewise order lets the index serve "begins with" on both databases.
_Word = String(LONGEST * 2).with_variant(String(LONGEST * 2, collation="C"), "postgresql")


class SearchWord(Base):
    """A word that occurs in a row of some kind (``case``, ``task``)."""

    __tablename__ = "search_word"

    kind: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(_Word, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


def index(tx: Tx, kind: str, row_id: int, texts: Iterable[str | None], free: Iterable[str | None] = ()) -> None:
    """Let the row be found by the words of ``texts`` and ``free``, and by no others; no texts take it out.

    ``free`` is what people wrote in their own words: what tells of health, belief or origin in it finds nobody.
    """
    words = _words(texts) | {word for word in _words(free) if not sensitive_words.tells(word)}
    tx.session.execute(delete(SearchWord).where(SearchWord.kind == kind, SearchWord.row_id == row_id))
    if words:
        rows = [{"kind": kind, "word": word, "row_id": row_id} for word in sorted(words)]
        tx.session.execute(insert(SearchWord), rows)


def _words(texts: Iterable[str | None]) -> set[str]:
    return {spelling for text in texts if text for word in _split(text) for spelling in _spellings(word)}


def matching(kind: str, query: str) -> Select[tuple[int]]:
    """The ids of the rows in which every word of ``query`` begins some word; of no row if it holds no word.

    Meant for ``select(Case).where(Case.id.in_(matching("case", q)))``.
    """
    words = [spellings for word in _split(query) if (spellings := _spellings(word))][:MOST_WORDS]
    found = select(SearchWord.row_id).where(SearchWord.kind == kind)
    if not words:
        return found.where(SearchWord.row_id.is_(None))
    first, *others = words
    found = found.where(_begins(first)).distinct()
    for spellings in others:
        also = select(SearchWord.row_id).where(SearchWord.kind == kind, _begins(spellings))
        found = found.where(SearchWord.row_id.in_(also))
    return found


def holds(texts: Iterable[str], query: str) -> bool:
    """Whether every word of ``query`` begins some word of ``texts``: ``matching`` for what is at hand already."""
    words = [spelling for text in texts for word in _split(text) for spelling in _spellings(word)]
    wanted = [_spellings(word) for word in _split(query)]
    return all(any(word.startswith(tuple(spellings)) for word in words) for spellings in wanted if spellings)


def count_capped(session: Session, rows: Select[tuple[int]] | Select[tuple[object]], cap: int = 99) -> int:
    """How many ``rows`` there are; counting stops at ``cap`` + 1, which means "more than ``cap``"."""
    some = rows.order_by(None).limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _begins(spellings: set[str]) -> ColumnElement[bool]:
    return or_(*((SearchWord.word >= word) & (SearchWord.word < word + _BEHIND_ALL) for word in sorted(spellings)))


def _split(text: str) -> list[str]:
    """Words before folding: letters and digits of any script, small."""
    return re.findall(r"[^\W_]+", _without_marks(unicodedata.normalize("NFKC", text).casefold()))


def _without_marks(text: str) -> str:
    """Arabic vowel signs and the joining stretch go: nobody types them when searching."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn" and letter != "\u0640")


def _spellings(word: str) -> set[str]:
    """The folded spellings of one word, without and with the e of a German umlaut."""
    folded = (_NO_WORD.sub("", anyascii(spelling).lower())[:LONGEST] for spelling in (word, word.translate(_UMLAUTS)))
    return {spelling for spelling in folded if spelling}
