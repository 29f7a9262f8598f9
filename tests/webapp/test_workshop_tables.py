"""Decision tables as a process owner meets them: cells, findings at the rows, values to try; without any script."""

import html
import re
from typing import cast

import pytest

from tests.webapp.conftest import Browser, begin_draft
from workflows.decisions import sheets


@pytest.fixture
def draft(owner: Browser) -> str:
    """The address of a new draft of the enquiry process."""
    return begin_draft(owner, "enquiry")


@pytest.fixture
def table(owner: Browser, draft: str) -> str:
    """A new table of two rules, each row with the topic and the office."""
    answer = owner.post(f"{draft}/tables", {"name": "Zuständige Stelle", "source": "amount", "result": "office"})
    assert answer.location == f"{draft}/tables/zustaendige_stelle"
    for _ in range(2):
        owner.post(answer.location, {**cells(owner, answer.location), "do": "add"})
    fill(owner, answer.location, [("< 100", '"small"'), (">= 100", '"large"')])
    return cast(str, answer.location)


def cells(owner: Browser, address: str) -> dict[str, object]:
    """What the form of a table would send."""
    page = owner.get(address).text
    sent: dict[str, object] = {
        name: html.unescape(text)
        for name, text in re.findall(
            r'<textarea class="sheet__cell" name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL
        )
    }
    sent |= dict(re.findall(r'name="(rule\.\d+)" value="([^"]*)"', page))
    revision = re.search(r'name="revision" value="(\d+)"', page)
    policy = re.search(r'value="([A-Z ]+)" selected', page)
    assert revision
    assert policy
    return {**sent, "revision": revision[1], "hit_policy": policy[1]}


def fill(owner: Browser, address: str, rows: list[tuple[str, str]]) -> None:
    typed = {f"in.{number}.0": row[0] for number, row in enumerate(rows, 1)}
    typed |= {f"out.{number}.0": row[1] for number, row in enumerate(rows, 1)}
    assert owner.post(address, {**cells(owner, address), **typed}).status_code == 302


def test_every_table_is_listed_with_its_steps(owner: Browser, draft: str) -> None:
    page = owner.get(f"{draft}/tables").text
    assert "Vorgeschlagener Weg" in page
    assert "Alle passenden Zeilen zählen" in page


def test_an_overlap_and_a_gap_are_said_at_their_rows(owner: Browser, table: str) -> None:
    assert "treffen beide" not in owner.get(table).text
    fill(owner, table, [("<= 100", '"small"'), (">= 100", '"large"')])
    page = owner.get(table).text
    told = re.findall(r'id="finding-(\d)".*?Regeln 1 und 2 treffen beide auf', page, re.DOTALL)
    assert told == ["1", "2"]
    assert page.count('class=" is-wrong"') == 2
    fill(owner, table, [("< 50", '"small"'), (">= 100", '"large"')])
    page = owner.get(table).text
    assert "Keine Regel trifft auf" in page
    assert "treffen beide" not in page


def test_a_cell_that_is_no_expression_is_marked_and_kept(owner: Browser, table: str) -> None:
    fill(owner, table, [("< ", '"small"'), (">= 100", '"large"')])
    page = owner.get(table).text
    cell = re.search(r'name="in\.1\.0"[^>]*aria-invalid="true"[^>]*>\n(.*?)</textarea>', page)
    assert cell
    assert html.unescape(cell[1]) == "<"


def test_a_forgotten_quotation_mark_is_said_at_its_row_and_a_finding_leads_to_its_table(
    owner: Browser, draft: str
) -> None:
    address = f"{draft}/tables/proposed_way"
    typed = {**cells(owner, address), "in.1.0": "advice"}
    assert owner.post(address, typed).status_code == 302
    page = html.unescape(owner.get(address).text)
    assert 'Meinten Sie "advice"? Setzen Sie das Wort in Anführungszeichen.' in page
    # Findings call a table by its name.
    assert owner.get(f"{draft}/tables/Vorgeschlagener Weg").status_code == 200


def test_values_are_tried_and_the_matching_row_is_shown(owner: Browser, table: str) -> None:
    page = owner.post(f"{table}/try", {"v.amount": "250"}).text
    matching = re.search(r'id="row-2" class="is-match"', page)
    assert matching
    assert "Es trifft zu: Zeile 2." in page
    assert "Ergebnis: large" in page
    fill(owner, table, [("<= 100", '"small"'), (">= 100", '"large"')])
    page = owner.post(f"{table}/try", {"v.amount": "100"}).text
    assert "treffen die Regeln 1, 2 zugleich zu" in page
    assert page.count("is-match") == 2
    assert 'value="100"' in page


def test_what_is_typed_into_cells_is_tried_and_goes_with_a_new_column(owner: Browser, draft: str, table: str) -> None:
    def rules() -> list[tuple[str, ...]]:
        xml = owner.get(f"{draft}/files/zustaendige_stelle.dmn").data
        return [row.inputs for row in sheets.sheets(xml)[0].rows]

    kept = rules()
    typed = {**cells(owner, table), "in.1.0": "< 7"}
    page = owner.post(f"{table}/try", {**typed, "v.amount": "5"}).text
    assert "Es trifft zu: Zeile 1." in page
    assert "Gespeichert sind sie noch nicht." in page
    assert "&lt; 7</textarea>" in page
    assert rules() == kept
    refused = owner.post(f"{table}/columns", {**typed, "kind": "input", "label": "x", "source": ""})
    assert refused.status_code == 422
    assert "&lt; 7</textarea>" in refused.text
    owner.post(f"{table}/columns", {**typed, "kind": "input", "label": "Lesesprache", "source": "language"})
    assert rules()[0] == ("< 7", "-")


def test_words_need_no_quotation_marks_when_values_are_tried(owner: Browser, draft: str) -> None:
    page = owner.post(f"{draft}/tables/proposed_way/try", {"v.choice": "rooms", "v.topics": '["rooms"]'}).text
    assert "Räume vergeben andere Stellen." in page
    assert "Weg: refer" in page


def test_rows_are_moved_copied_and_removed_by_buttons(owner: Browser, draft: str, table: str) -> None:
    def rows() -> list[tuple[str, ...]]:
        xml = owner.get(f"{draft}/files/zustaendige_stelle.dmn").data
        return [row.inputs for row in sheets.sheets(xml)[0].rows]

    for do, expected in (
        ("up:2", [(">= 100",), ("< 100",)]),
        ("copy:1", [(">= 100",), (">= 100",), ("< 100",)]),
        ("remove:3", [(">= 100",), (">= 100",)]),
        ("down:9", [(">= 100",), (">= 100",)]),
    ):
        owner.post(table, {**cells(owner, table), "do": do})
        assert rows() == expected


def test_columns_come_and_go(owner: Browser, table: str) -> None:
    revision = cells(owner, table)["revision"]
    typed = {"kind": "input", "label": "Lesesprache", "source": "language", "revision": revision}
    assert owner.post(f"{table}/columns", typed).status_code == 302
    assert "Lesesprache" in owner.get(table).text
    assert owner.post(f"{table}/columns", {"kind": "input", "label": "x"}).status_code == 422
    revision = cells(owner, table)["revision"]
    assert owner.post(f"{table}/columns", {"remove": "input:1", "revision": revision}).status_code == 302
    assert "Lesesprache" not in owner.get(table).text
    assert owner.post(f"{table}/columns", {"remove": "output:0"}).status_code == 404


def test_annotations_are_columns_to_read_and_write(owner: Browser, draft: str, table: str) -> None:
    page = owner.get(f"{draft}/tables/offices_by_topic").text
    assert "Fördert Kulturprojekte und vermittelt Auftrittsorte.</textarea>" in page
    fill(owner, table, [("< 50", '"small"'), (">= 50", '"large"')])
    owner.post(table, {**cells(owner, table), "note.1.0": "Der kleine Saal reicht."})
    revision = cells(owner, table)["revision"]
    more = {"kind": "annotation", "label": "Quelle", "revision": revision}
    assert owner.post(f"{table}/columns", more).status_code == 302
    page = owner.get(table).text
    assert ("Beschreibung</span>" in page, "Quelle</span>" in page) == (True, True)
    owner.post(table, {**cells(owner, table), "note.2.1": "Satzung § 3"})
    kept = cells(owner, table)
    assert (kept["note.1.0"], kept["note.2.1"]) == ("Der kleine Saal reicht.", "Satzung § 3")
    less = {"remove": "annotation:0", "revision": kept["revision"]}
    assert owner.post(f"{table}/columns", less).status_code == 302
    assert "note.1.1" not in cells(owner, table)
    assert owner.post(f"{table}/columns", {"remove": "annotation:0"}).status_code == 404


def test_whoever_was_slower_keeps_what_was_typed(owner: Browser, table: str) -> None:
    early = cells(owner, table)
    fill(owner, table, [("< 10", '"small"'), (">= 100", '"large"')])
    answer = owner.post(table, {**early, "in.1.0": "< 20"})
    assert answer.status_code == 409
    assert "&lt; 20</textarea>" in answer.text


def test_a_table_needs_its_names(owner: Browser, draft: str) -> None:
    answer = owner.post(f"{draft}/tables", {"name": "Stelle", "source": "", "result": ""})
    assert answer.status_code == 422
    assert 'value="Stelle"' in answer.text


def test_a_formula_stands_among_the_tables_and_all_name_the_step_they_decide_for(owner: Browser) -> None:
    draft = begin_draft(owner, "funding")
    page = owner.get(f"{draft}/tables").text
    assert ">Formel<" in page
    assert f'href="{draft}/formulas/matching_programmes"' in page
    assert f'href="{draft}/graphs/programmes.dmn"' in page
    assert page.count(">Prüfen, was passt<") == page.count('class="table__main"')


def test_changes_call_a_table_and_a_form_by_what_people_call_them(owner: Browser, draft: str) -> None:
    address = f"{draft}/tables/offices_by_topic"
    owner.post(address, {**cells(owner, address), "out.1.1": '"Anders"'})
    shown = html.unescape(owner.get(f"{draft}/changes").text)
    assert '<bdi class="path">Stellen nach Thema</bdi>' in shown
    assert "offices_by_topic.dmn" not in shown
    revision = re.search(r'name="revision" value="(\d+)"', owner.get(f"{draft}/forms/triage").text)
    assert revision
    owner.post(f"{draft}/forms/triage/add", {"label": "Neu", "kind": "textfield", "revision": revision[1]})
    assert "Formular „Anfrage sichten“" in html.unescape(owner.get(f"{draft}/changes").text)
