"""How alike two names are: folded to plain letters and compared by trigrams, found again through an index of them.

Umlauts in both spellings, accents, foreign scripts, doubled letters and habits of transliteration fold together, so
that "Brücke", "Bruecke" and "BRUCKE" are the same word and "Tscherkessen" is like "Cherkessen".
"""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from workflows.core.search import SearchWord
from workflows.core.tx import Tx

MOST_CANDIDATES = 40
"""How many rows the index may propose for a closer look."""

_SPELLINGS = (
    *(("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"), ("th", "t"), ("sch", "sh"), ("tsh", "ch")),
    *(("dj", "j"), ("dsh", "j"), ("ck", "k"), ("w", "v"), ("y", "i"), ("c", "k"), ("q", "k"), ("z", "s")),
)
_DOUBLED = re.compile(r"(.)\1+")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """The text as it is compared: small Latin words without marks, doubled letters and spelling habits."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS).replace(".", "")
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")  # vowel signs
    return " ".join(_word(word) for word in _NO_WORD.sub(" ", anyascii(plain).lower()).split())


_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})


def _word(word: str) -> str:
    for habit, plain in _SPELLINGS:
        word = word.replace(habit, plain)
    return _DOUBLED.sub(r"\1", word)


def grams(text: str) -> frozenset[str]:
    """The trigrams of every word of a folded text; a word's beginning counts twice as much as its middle."""
    found: set[str] = set()
    for word in text.split():
        padded = f"  {word} "
        found.update(padded[start : start + 3] for start in range(len(padded) - 2))
    return frozenset(found)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0, nothing shared, to 1, the same trigrams (Dice's coefficient)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def index(tx: Tx, kind: str, row_id: int, texts: Iterable[str]) -> None:
    """Let the row be found by what is like one of the folded ``texts``, and by nothing else."""
    mine = (SearchWord.kind == _kind(kind), SearchWord.row_id == row_id)
    tx.session.execute(delete(SearchWord).where(*mine))
    found = sorted(set().union(*(grams(text) for text in texts)))
    if found:
        rows = [{"kind": _kind(kind), "word": gram, "row_id": row_id} for gram in found]
        tx.session.execute(insert(SearchWord), rows)


def candidates(session: Session, kind: str, text: str, limit: int = MOST_CANDIDATES) -> list[int]:
    """The ids of the rows that share most trigrams with a folded text, at least a third of its own."""
    wanted = grams(text)
    if not wanted:
        return []
    shared = func.count()
    query = (
        select(SearchWord.row_id)
        .where(SearchWord.kind == _kind(kind), SearchWord.word.in_(sorted(wanted)))
        .group_by(SearchWord.row_id)
        .having(shared * 3 >= len(wanted))
    )
    return list(session.scalars(query.order_by(shared.desc(), SearchWord.row_id).limit(limit)))


def _kind(kind: str) -> str:
    return f"{kind}~"
