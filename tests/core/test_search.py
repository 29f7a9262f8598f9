"""People find rows by how they spell, not by how we store."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st
from sqlalchemy import select

from tests.conftest import Begin
from workflows.core import search

NAMES = {
    1: "Müller-Verein für Öffentlichkeitsarbeit",
    2: "Mueller Straße 5",
    3: "İstanbul Kültür Derneği",
    4: "Українська громада",
    5: "جمعية الأَمَل",
    6: "2026-0001 Łódź",
    7: "100 % Vielfalt",
}


def found(begin: Begin, query: str, kind: str = "case") -> list[int]:
    with begin() as tx:
        return sorted(tx.session.scalars(search.matching(kind, query)))


@pytest.fixture
def names(begin: Begin) -> None:
    with begin() as tx:
        for row_id, name in NAMES.items():
            search.index(tx, "case", row_id, [name, None])
        search.index(tx, "task", 1, ["Aufgabe"])


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("Müller", [1, 2]),
        ("mueller", [1, 2]),
        ("MULLER", [1]),
        ("Mu\u0308ller", [1, 2]),
        ("öffentlich müll", [1]),
        ("Oeffentlichkeitsarbeit", [1]),
        ("strasse", [2]),
        ("STRAẞE", [2]),
        ("istanbul kultur", [3]),
        ("ISTANBUL dernegi", [3]),
        ("українська", [4]),
        ("ukra", [4]),
        ("الامل", [5]),
        ("جمعية", [5]),
        ("2026-0001", [6]),
        ("lodz", [6]),
        ("100%", [7]),
        ("%", []),
        ("'; DROP TABLE search_word; --", []),
        ("", []),
        ("müller istanbul", []),
        ("Aufgabe", []),
    ],
)
def test_every_spelling_finds_the_row(names: None, begin: Begin, query: str, rows: list[int]) -> None:
    assert found(begin, query) == rows


def test_indexing_again_forgets_the_old_words(names: None, begin: Begin) -> None:
    with begin() as tx:
        search.index(tx, "case", 1, ["Neuer Name"])
        search.index(tx, "case", 2, [])
    assert found(begin, "müller") == []
    assert found(begin, "neuer") == [1]


def test_counting_stops_at_the_cap(begin: Begin) -> None:
    with begin() as tx:
        for row_id in range(1, 13):
            search.index(tx, "case", row_id, ["Verein"])
        everything = search.matching("case", "verein")
        assert search.count_capped(tx.session, everything, cap=99) == 12
        assert search.count_capped(tx.session, everything, cap=10) == 11
        assert search.count_capped(tx.session, select(everything.subquery().c.row_id), cap=10) == 11


@rounds(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(), st.data())
def test_the_beginning_of_any_word_finds_its_text(begin: Begin, text: str, data: st.DataObject) -> None:
    with begin() as tx:
        search.index(tx, "case", 1, [text])
        words = sorted(tx.session.scalars(select(search.SearchWord.word)))
    if words:
        word = data.draw(st.sampled_from(words))
        assert found(begin, word[: data.draw(st.integers(1, len(word)))]) == [1]


def test_words_of_belief_health_and_origin_in_free_text_find_nobody(begin: Begin) -> None:
    with begin() as tx:
        text = "Meine Mutter ist an Krebs erkrankt, wir sind Muslime und Kurden und suchen einen Raum."
        search.index(tx, "case", 1, ["Jüdische Gemeinde"], free=[text])
    with begin() as tx:
        for word in ("raum", "mutter", "jüdische"):
            assert list(tx.session.scalars(search.matching("case", word))) == [1]
        for word in ("krebs", "erkrankt", "Muslime", "kurden"):
            assert list(tx.session.scalars(search.matching("case", word))) == []
