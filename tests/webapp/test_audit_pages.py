"""The reviewer reads the whole trail page by page, each entry once."""

import re
from collections.abc import Callable

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from webapp.audit import views
from workflows.core import audit


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
