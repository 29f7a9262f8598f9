"""The reviewer reads the whole trail page by page, each entry once."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from webapp.audit import views
from workflows.core import audit
from workflows.core.tx import PUBLIC
from workflows.domain import organisations


def test_entries_of_one_moment_are_paged_without_a_gap(signed_in: Callable[[str], Browser], begin: Begin) -> None:
    mine = signed_in("reviewer")
    written = 2 * views.PAGE_SIZE + 5
    with begin() as tx:
        for number in range(written):
            audit.record(tx, "case:1", "case.viewed", f"mark:{number}", {"number": f"mark-{number:03}"})
    seen: list[str] = []
    address: str | None = "/audit?stream=case:1"
    while address:
        page = mine.get(address).text
        seen += re.findall(r"mark-\d{3}", page)
        following = re.search(r'href="([^"]*behind=[^"]*)"[^>]*>Nächste', page)
        address = following[1].replace("&amp;", "&") if following else None
    assert seen == [f"mark-{number:03}" for number in reversed(range(written))]


def test_nonsense_in_the_address_shows_the_newest(signed_in: Callable[[str], Browser]) -> None:
    mine = signed_in("reviewer")
    beyond = [f"{moment}~1~system" for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00")]
    for nonsense in ("x", "2026-03-02~1~system", "2026-03-02T09:00:00+00:00~viel~system", "~~", "9999~1~", *beyond):
        assert mine.get("/audit", query_string={"behind": nonsense}).status_code == 200


def test_details_have_words_instead_of_keys(signed_in: Callable[[str], Browser], begin: Begin) -> None:
    with begin() as tx:
        audit.record(tx, "case:1", "referral.offered", "referral:1", {"office": "culture_office", "fields": ["text"]})
        audit.record(tx, "case:1", "referral.sent", "referral:1", {"before": "draft", "unheard_of": 1})
    mine = signed_in("reviewer")
    page = mine.get("/audit?stream=case:1").text
    for told in ("Stelle: Kulturamt", "Felder: Text der Anfrage", "vorher: Entwurf", "unheard_of: 1"):
        assert told in page
    accounts = mine.get("/audit?stream=system").text
    assert "Konto angelegt" in accounts
    assert "user.created" not in accounts


#: Entries of every kind, and what is read of each beside the event's own words.
TOLD: tuple[tuple[str, str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("system", "user.signed_in", "user:1", {}, ("Konto Person",)),
    (
        "system",
        "user.access_set",
        "user:1",
        {"before": ["office", "group:coordination"], "roles": ["jury"], "groups": ["group:jury"]},
        ("vorher: Partnerstelle, Koordination", "Rollen: Kommission oder Jury", "Gruppen: Kommission und Jury"),
    ),
    (
        "system",
        "publication.submitted",
        "process:enquiry",
        {"kind": "publish", "comment": "Kürzer"},
        ("Ablauf Anfrage", "Art: Veröffentlichung", "Kommentar: Kürzer"),
    ),
    (
        "system",
        "publication.approved",
        "process:enquiry",
        {"kind": "retire", "submitted_by": "Owner"},
        ("Art: Außer Kraft setzen", "beantragt von: Owner"),
    ),
    (
        "system",
        "publication.failed",
        "process:enquiry",
        {"reason": "draft_behind"},
        ("Grund: Am vorgesehenen Tag galt schon eine andere Fassung.",),
    ),
    (
        "system",
        "draft.begun",
        "process:enquiry",
        {"draft": 2, "origin": "owner"},
        ("Entwurf Nr.: 2", "Herkunft: Aus der geltenden Fassung begonnen"),
    ),
    (
        "system",
        "migration.begun",
        "process:enquiry",
        {"job": 1, "number": 2, "move": 3, "refused": 1, "unchanged": 4},
        ("Umstellung Nr.: 1", "werden umgestellt: 3", "bleiben mit Grund: 1", "laufen unverändert weiter: 4"),
    ),
    (
        "system",
        "code.renamed",
        "code:topic/rooms",
        {"from": "Raum", "to": "Räume"},
        ("Liste Themen, rooms", "vorher: Raum", "jetzt: Räume"),
    ),
    ("system", "page.edited", "page:imprint", {"language": "de"}, ("Öffentliche Seite Impressum", "Sprache: Deutsch")),
    ("system", "limit.reached", "limit:sign_in", {"count": 100}, ("Grenze Anmeldungen", "ohne Anmeldung")),
    ("system", "token.created", "user:1", {"name": "Skript", "scope": "work"}, ("Umfang: alles, was ich darf",)),
    (
        "system",
        "office.edited",
        "office:1",
        {"fields": ["capacity", "topics"]},
        ("Stelle Integrationsabteilung", "Felder: Kann sie gerade neue Anfragen annehmen?, Bei welchen Themen"),
    ),
    (
        "organisation:1",
        "organisation.edited",
        "organisation:1",
        {"fields": ["members"], "source": "self"},
        ("Organisation Chor Sonne", "Felder: Wie viele Mitglieder gibt es?", "Quelle: Selbstauskunft"),
    ),
    (
        "organisation:1",
        "organisation.related",
        "organisation:1",
        {"kind": "network", "to": "organisation:2"},
        ("Art: Teil des Netzwerks", "an: Netzwerk Musik"),
    ),
    ("organisation:1", "organisation.advisor_set", "organisation:1", {"advisor": 1, "deputy": None}, ("Person",)),
    ("organisation:1", "contact.added", "contact:1", {"role": "chair"}, ("Kontakt 1", "Aufgabe: Vorsitz")),
    ("case:1", "task.postponed", "task:1", {"step": "Anfrage sichten", "on": "2026-12-03"}, ("am: 03.12.2026",)),
    ("case:4711", "case.viewed", "case:4711", {}, ("Vorgang 4711",)),
)


def test_a_reviewer_reads_what_happened_to_whom_and_where_without_a_code(
    signed_in: Callable[[str], Browser], begin: Begin, enquiry: Enquired
) -> None:
    with begin() as tx:
        for name in ("Chor Sonne", "Netzwerk Musik"):
            organisations.add(tx, name)
    with begin() as tx:
        nobody = replace(tx, actor=PUBLIC)
        for stream, event, of, details, _told in TOLD:
            audit.record(nobody, stream, event, of, details)
    page = signed_in("reviewer").get("/audit").text
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    for _stream, event, _of, _details, told in TOLD:
        assert any(all(words in row for words in told) for row in rows), (event, told)
    lines = re.findall(r'class="table__sub" dir="auto">([^<]*)<', page)
    codes = [line for line in lines if re.search(r"(?:^|[:,] )[a-z]+_[a-z_]+|\b[a-z]+:\d", line)]
    assert [line for line in codes if not line.startswith("Schlüssel: ")] == []


def test_a_case_is_found_by_its_reference(signed_in: Callable[[str], Browser], begin: Begin, enquiry: Enquired) -> None:
    mine = signed_in("reviewer")
    by_key = mine.get(f"/audit?stream=case:{enquiry.case_id}").text
    by_reference = mine.get(f"/audit?stream={enquiry.reference}").text
    places = re.compile(r"<bdi><a [^>]*>(Vorgang [^<]*|Haus)</a>")
    assert set(places.findall(by_reference)) == {f"Vorgang {enquiry.reference}"}
    assert places.findall(by_reference) == places.findall(by_key)
    assert "Keine Einträge" in mine.get("/audit?stream=2026-9999").text


def test_an_entry_damaged_beyond_reading_is_shown_and_named(signed_in: Callable[[str], Browser], begin: Begin) -> None:
    reviewer = signed_in("reviewer")
    with begin() as tx:
        audit.record(tx, "case:1", "case.opened", "case:1")
    with begin() as tx:
        # SQLite keeps what it is given; PostgreSQL stores no text that is none.
        damaged = {"sqlite": "CAST(x'ff41' AS TEXT)", "postgresql": "'edited'"}[tx.session.get_bind().dialect.name]
        tx.session.execute(text(f"UPDATE audit_entry SET event = {damaged} WHERE stream = 'case:1'"))
    assert reviewer.get("/audit").status_code == 200
    proven = reviewer.post("/audit")
    assert proven.status_code == 200
    assert "Das Protokoll wurde verändert" in proven.text
