"""Formulas and how decisions hang together, as a process owner meets them; without any script."""

import html
import re

import pytest
from lxml import etree

from tests.webapp.conftest import Browser, begin_draft
from workflows.decisions import formulas, graphs, parse_decisions


@pytest.fixture
def draft(owner: Browser) -> str:
    """The address of a new draft of the funding process, which has a formula over many tables."""
    return begin_draft(owner, "funding")


@pytest.fixture
def formula(owner: Browser, draft: str) -> str:
    """A new formula of its own."""
    answer = owner.post(f"{draft}/formulas", {"name": "Zuschuss je Person"})
    assert answer.location == f"{draft}/formulas/zuschuss_je_person"
    return str(answer.location)


def fields(owner: Browser, address: str) -> dict[str, str]:
    """What the form of a formula would send."""
    page = owner.get(address).text
    sent = {
        name: html.unescape(text)
        for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    }
    sent |= {
        name: html.unescape(text)
        for name, text in re.findall(r'name="((?:name|place)\.\d+)"[^>]*value="([^"]*)"', page)
    }
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    return {**sent, "revision": revision[1]}


def kept(owner: Browser, draft: str, file: str = "zuschuss_je_person.dmn") -> bytes:
    return bytes(owner.get(f"{draft}/files/{file}").data)


def test_a_formula_is_written_with_steps_and_a_type_and_tried(owner: Browser, draft: str, formula: str) -> None:
    page = owner.post(formula, {**fields(owner, formula), "do": "add"}).text
    assert "Zwischenschritt 1" in page
    assert "Zwischenschritt" not in "".join(fields(owner, formula))
    typed = {
        **fields(owner, formula),
        "name.1": "Kosten",
        "step.1": "people * 12",
        "text": "= Kosten + 1",
        "type": "number",
    }
    tried = owner.post(f"{formula}/try", {**typed, "v.people": "2"}).text
    assert "Ergebnis: 25" in tried
    assert "people * 12</textarea>" in tried
    assert owner.post(formula, typed).status_code == 302
    (held,) = formulas.formulas(kept(owner, draft))
    assert (held.text, held.type, held.steps[0].name) == ("Kosten + 1", "number", "Kosten")
    page = owner.post(formula, {**fields(owner, formula), "do": "remove:1"}).text
    assert "people * 12" not in page
    assert formulas.formulas(kept(owner, draft)) == [held]


def test_what_is_wrong_with_a_formula_is_said_while_it_is_typed_and_kept(
    owner: Browser, draft: str, formula: str
) -> None:
    typed = {**fields(owner, formula), "text": "1 +"}
    told = owner.post(f"{formula}/check", typed).json
    assert list(told["problems"]) == ["text"]
    assert owner.post(formula, typed).status_code == 302
    page = owner.get(formula).text
    assert 'aria-invalid="true"' in page
    assert "1 +</textarea>" in page
    # A finding about a formula leads to its page by the name of its decision.
    answer = owner.get(f"{draft}/tables/zuschuss_je_person")
    assert answer.location == formula
    twice = {**typed, "text": "1", "name.1": "a", "step.1": "1", "name.2": "a", "step.2": "2"}
    assert "Diesen Namen gibt es hier schon" in owner.post(f"{formula}/check", twice).json["problems"]["name.2"]
    refused = owner.post(formula, {**twice, "text": "7"})
    assert refused.status_code == 422
    assert "7</textarea>" in refused.text
    assert owner.post(formula, {**fields(owner, formula), "text": ""}).status_code == 422


def test_a_formula_offers_what_it_needs_and_what_the_process_knows_and_names_what_nobody_sets(
    owner: Browser, draft: str
) -> None:
    address = f"{draft}/formulas/matching_programmes"
    page = owner.get(address).text
    offers = re.search(r'id="formula-offers">(.*?)</script>', page, re.DOTALL)
    assert offers
    for name in ("city_integration", "profile", "programmes"):
        assert f'"name": "{name}"' in offers[1]
    typed = fields(owner, address)
    assert owner.post(f"{address}/check", typed).json == {"problems": {}, "unknown": ""}
    wrong = owner.post(f"{address}/check", {**typed, "text": "profil.charitable"}).json
    assert wrong["unknown"].endswith("profil")


def test_whoever_was_slower_with_a_formula_keeps_what_was_typed(owner: Browser, formula: str) -> None:
    early = fields(owner, formula)
    owner.post(formula, {**early, "text": "1"})
    answer = owner.post(formula, {**early, "text": "2 + 40"})
    assert answer.status_code == 409
    assert "2 + 40</textarea>" in answer.text


def test_how_decisions_hang_together_is_seen_and_changed_by_plain_forms(owner: Browser, draft: str) -> None:
    address = f"{draft}/graphs/programmes.dmn"
    page = html.unescape(owner.get(address).text)
    assert "wird gebraucht von" in page.lower()
    names = [each.get("name") for each in etree.fromstring(owner.get(f"{address}/drawing").data).iter("{*}decision")]
    assert names == [each.title for each in graphs.nodes(kept(owner, draft, "programmes.dmn"))]
    added = owner.post(address, {"name": "Neues Programm", "kind": "formula"})
    assert added.location == f"{address}#node-neues_programm"
    every = {each.id: each for each in graphs.nodes(kept(owner, draft, "programmes.dmn"))}
    needs = [*every["matching_programmes"].needs, "neues_programm"]
    answer = owner.post(
        f"{address}/matching_programmes", {"name": "matching_programmes", "title": "Alle Programme", "needs": needs}
    )
    assert answer.status_code == 302
    ring = owner.post(f"{address}/neues_programm", {"name": "Neues Programm", "needs": ["matching_programmes"]})
    assert ring.status_code == 422
    assert "am Ende sich selbst" in ring.text
    unreadable = owner.post(f"{address}/neues_programm", {"name": "1x", "needs": []})
    assert (unreadable.status_code, "So kann in Formeln nichts heißen" in unreadable.text) == (422, True)
    stays = owner.post(f"{address}/neues_programm", {"do": "remove", "name": "x"}, follow_redirects=True).text
    assert "Das brauchen noch andere: Alle Programme" in html.unescape(stays)
    owner.post(
        f"{address}/matching_programmes",
        {"name": "matching_programmes", "title": "Alle Programme", "needs": needs[:-1]},
    )
    renamed = owner.post(f"{address}/culture", {"name": "Kulturförderung", "needs": []})
    assert renamed.status_code == 302
    gone = owner.post(f"{address}/neues_programm", {"do": "remove", "name": "x"}, follow_redirects=True).text
    assert "Die Entscheidung ist entfernt" in gone
    shown = html.unescape(owner.get(f"{draft}/changes").text)
    assert "<ins>Entscheidung: Alle Programme (matching_programmes)</ins>" in shown
    assert re.search(r"<del>Braucht: [^<]*culture\)?</del>", shown)
    assert "<ins>Braucht: Kulturförderung</ins>" in shown
    xml = kept(owner, draft, "programmes.dmn")
    assert "neues_programm" not in xml.decode()
    assert "culture: Kulturförderung" in xml.decode()
    assert "Kulturförderung" in {each.name for each in parse_decisions(xml).decisions.values()}


def test_who_changes_the_graph_of_an_old_page_is_told(owner: Browser, draft: str) -> None:
    address = f"{draft}/graphs/programmes.dmn"
    typed = {"name": "Kultur", "revision": "0"}
    owner.post(address, {"name": "Neu", "kind": "table"})
    assert owner.post(f"{address}/culture", typed).status_code == 409
