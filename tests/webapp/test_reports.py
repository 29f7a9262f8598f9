"""The figures as a page, as a table to keep, and the way from a number to its cases."""

import csv
import html
import io
import re
from collections.abc import Callable

import pytest

from tests.actions.test_figures import add
from tests.conftest import Begin
from tests.domain.conftest import ENQUIRY
from tests.webapp.conftest import Browser
from webapp.csv_file import safe_cell
from workflows.actions import figures
from workflows.domain import cases, offices

SignIn = Callable[[str], Browser]
PERIOD = "first=2026-1&last=2026-1"


@pytest.fixture
def referred(begin: Begin, house: None) -> None:
    """Twelve referrals of one office, six of another whose name is a formula."""
    with begin() as tx:
        cases.open_new(tx, ENQUIRY, channel="form", language="ar", details={}, dedupe_key=None)
        add(tx, "helped", "culture_office", 6)
        add(tx, "declined", "culture_office", 6)
        add(tx, "accepted", "caritas", 6)
        caritas = offices.find(tx.session, "caritas")
        assert caritas is not None
        caritas.name = '=HYPERLINK("http://fremd.example")'


@pytest.mark.parametrize("role", ["coordinator", "leadership"])
def test_every_number_stands_beside_its_definition_and_leads_to_its_cases(
    referred: None, signed_in: SignIn, role: str
) -> None:
    mine = signed_in(role)
    page = mine.get(f"/reports/referrals?{PERIOD}&by=office").text
    assert "Ergebnis „geholfen“ oder „teilweise geholfen“ ÷ alle abgeschlossenen Verweisungen." in page
    assert "50 %" in page  # six of twelve closed ones
    assert "6 von 12" in page
    assert "Keine Kapazität" in page
    behind = mine.get(f"/reports/referrals/cases?{PERIOD}&count=placed&office=culture_office").text
    assert behind.count("/cases/1") == 6
    assert "Zu wenige Vorgänge" in mine.get(f"/reports/referrals/cases?{PERIOD}&count=expired").text


def test_the_table_opens_in_a_spreadsheet_and_is_never_a_formula(referred: None, signed_in: SignIn) -> None:
    answer = signed_in("coordinator").get(f"/reports/referrals.csv?{PERIOD}&by=office")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verweisungen.csv"'
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Stelle", "Verweisungen", "Annahmequote", "Vermittlungsquote"]
    assert ["Kulturamt", "12", "50 %", "50 %"] in [row[:4] for row in rows]
    assert any(row and row[0].startswith("'=HYPERLINK") for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_more_cases_than_a_page_are_a_click_away_under_the_same_choice(
    referred: None, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "CASES_A_PAGE", 4)
    mine = signed_in("coordinator")
    first = f"/reports/referrals/cases?{PERIOD}&count=placed&office=culture_office"
    page = mine.get(first).text
    onwards = re.search(r'href="(/reports/referrals/cases[^"]+)"[^>]*>Nächste Seite', page)
    assert onwards
    assert page.count("/cases/1") == 4
    second = mine.get(html.unescape(onwards[1])).text
    assert second.count("/cases/1") == 2
    assert "Nächste Seite" not in second
    assert "Vorherige Seite" in second or "Erste Seite" in second
    assert mine.get(f"{first}&after=x").text.count("/cases/1") == 4


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\N{NO-BREAK SPACE}=1", "＝1", "＠A1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_harmless_cells_stay_as_they_are() -> None:
    assert [safe_cell(cell) for cell in ("Kulturamt", 12, None, "a=b", "–")] == ["Kulturamt", "12", "", "a=b", "–"]


def test_odd_addresses_show_the_usual_figures(referred: None, signed_in: SignIn) -> None:
    mine = signed_in("coordinator")
    for query in ("first=2026-9&last=x&by=%00x".replace("%00", ""), "office=' OR 1=1", "by=status&topic=%F0%9F%92%A5"):
        assert mine.get(f"/reports/referrals?{query}").status_code == 200
        assert mine.get(f"/reports/referrals/cases?{query}&count=DROP").status_code == 200
