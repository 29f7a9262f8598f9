"""Lists of the register in the browser: a table taken in after a look, and the numbers for the statistics office."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from workflows.actions import house_forms, register_statistics, register_table
from workflows.domain import organisation_people, organisations
from workflows.domain.organisation_people import ContactPerson
from workflows.domain.organisations import Organisation, Origin

HEAD = "Name der Organisation;members;Bei welchen Themen ist die Organisation aktiv?;Ort;founded_in;description\r\n"
LIST = (
    HEAD
    + "Verein im Grünen;20 bis 49;Kultur, youth;Wiesbaden;1998;=1+1\r\n"
    + "Brücke der Kulturen;50 bis 99;;Mainz;;\r\n"
    + "Bruecke der Kulturn e.V.;;;;;\r\n"
    + ";20 bis 49;;;;\r\n"
    + "Neunundneunzig;99;Zauberei;;später;\r\n"
    + f"{'x' * 201};;;;;\r\n"
    + "verein im gruenen e. V.;;;;;\r\n"
    + "Zu viel;;;;;;mehr\r\n"
)


@pytest.fixture
def coordinator(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("coordinator")


@pytest.fixture
def bridge(begin: Begin, house: None) -> int:
    with begin() as tx:
        return organisations.add(tx, "Brücke der Kulturen e.V.").id


def send(browser: Browser, content: str | bytes) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    return browser.post("/register/import", {"file": (io.BytesIO(data), "liste.csv")})


def previewed(browser: Browser, content: str | bytes) -> tuple[str, str, list[str]]:
    """The address of the preview, the page, and the rows it ticks."""
    answer = send(browser, content)
    assert answer.status_code == 302, answer.text
    page = browser.get(answer.headers["Location"]).text
    return str(answer.headers["Location"]), page, re.findall(r'name="row" value="([^"]+)" checked', page)


def everything(begin: Begin) -> list[dict[str, object]]:
    with begin() as tx:
        return [organisations.current(tx.session, row) for row in tx.session.query(Organisation).order_by("id")]


def test_a_list_is_shown_row_by_row_before_anything_is_written(coordinator: Browser, bridge: int, begin: Begin) -> None:
    before = everything(begin)
    _address, page, ticked = previewed(coordinator, LIST)
    assert ticked == ["2-new", "3-update"]
    assert 'value="4-duplicate">' in page
    for words in (
        "ähnlicher Name",
        "Bitte füllen Sie dieses Feld aus.",
        "Dieses Wort steht nicht in der Auswahl.",
        "Bitte geben Sie eine Zahl an.",
        "höchstens 200 Zeichen",
        "steht schon weiter oben in der Liste",
        "mehr Felder als Überschriften",
    ):
        assert words in page, words
    assert everything(begin) == before


def test_confirmed_it_is_written_with_source_and_day_and_a_second_time_changes_nothing(
    coordinator: Browser, bridge: int, begin: Begin
) -> None:
    address, _page, ticked = previewed(coordinator, LIST)
    assert coordinator.post(address, {"row": ticked}).status_code == 302
    with begin() as tx:
        green = organisations.find_by_name(tx.session, "Verein im Grünen")
        assert green is not None
        known = organisations.values(tx.session, [green.id, bridge])
        told = {name: row.value for name, row in known[green.id].items()}
        assert told == {
            "members": "to_49",
            "topics": ["culture", "youth"],
            "founded_in": 1998,
            "description": "=1+1",
        }
        assert {(row.source, row.as_of) for row in known[green.id].values()} == {("import", organisations.today(tx))}
        assert known[bridge]["members"].value == "to_99"
        entry = tx.session.get_one(Organisation, bridge)
        assert (entry.name, entry.city) == ("Brücke der Kulturen e.V.", "Mainz")
    after = everything(begin)
    assert len(after) == 2
    assert coordinator.post(address, {"row": ticked}).status_code == 302
    _again, page, ticked = previewed(coordinator, LIST)
    assert ticked == []
    assert "Steht schon da" in page
    assert everything(begin) == after


def test_a_row_without_its_tick_is_left_out_and_a_duplicate_needs_one(
    coordinator: Browser, bridge: int, begin: Begin
) -> None:
    address, _page, _ticked = previewed(coordinator, LIST)
    coordinator.post(address, {"row": ["4-duplicate"]})
    assert [row["name"] for row in everything(begin)] == ["Brücke der Kulturen e.V.", "Bruecke der Kulturn e.V."]


def test_a_wrong_row_is_never_written_and_a_register_that_moved_is_shown_again(
    coordinator: Browser, bridge: int, begin: Begin
) -> None:
    address, _page, ticked = previewed(coordinator, LIST)
    assert coordinator.post(address, {"row": [*ticked, "6-error"]}).status_code == 409
    with begin() as tx:
        organisations.add(tx, "Verein im Grünen")
    answer = coordinator.post(address, {"row": ticked})
    assert answer.status_code == 409
    assert "Das Register hat sich seit der Vorschau geändert" in answer.text
    assert 'value="2-update" checked' in answer.text
    assert everything(begin)[0]["city"] == ""


def test_an_entry_of_a_name_alone_is_found_by_search_intake_and_the_next_list(
    coordinator: Browser, bridge: int, begin: Begin
) -> None:
    address, _page, ticked = previewed(coordinator, "Name\nDoppelt")
    assert coordinator.post(address, {"row": ticked}).status_code == 302
    assert ">Doppelt<" in coordinator.get("/register?q=Doppelt").text
    with begin() as tx:
        assert [match.organisation.name for match in organisations.matches(tx.session, "Doppeld")] == ["Doppelt"]
    assert 'value="2-duplicate">' in previewed(coordinator, "Name\nDoppeld")[1]


def test_what_the_association_said_itself_within_a_year_stays(coordinator: Browser, bridge: int, begin: Begin) -> None:
    with begin() as tx:
        today = organisations.today(tx)
        organisations.change(tx, bridge, {"members": "to_49"}, Origin("self", today - timedelta(days=30)))
        organisations.change(tx, bridge, {"founded_in": 1990}, Origin("self", today - timedelta(days=400)))
    address, page, ticked = previewed(coordinator, "name;members;founded_in\nBrücke der Kulturen;50 bis 99;1991")
    kept = re.search(r"Bleibt, weil die Organisation[^<]*: ([^<]*)<", page)
    assert kept
    assert kept[1] == "Wie viele Mitglieder gibt es?"
    coordinator.post(address, {"row": ticked})
    (entry,) = everything(begin)
    assert (entry["members"], entry["founded_in"]) == ("to_49", 1991)


def test_a_row_that_replaces_something_shows_what_stood_there(coordinator: Browser, bridge: int, begin: Begin) -> None:
    with begin() as tx:
        told = Origin("talk", organisations.today(tx))
        organisations.change(tx, bridge, {"city": "Wiesbaden", "members": "to_49"}, told)
    row = "Brücke der Kulturen;Mainz;50 bis 99;1990"
    _address, page, ticked = previewed(coordinator, f"name;city;members;founded_in\n{row}")
    assert ticked == ["2-update"]
    assert "Wird geändert" in page
    assert "Ort: bisher „Wiesbaden“, danach „Mainz“" in page
    assert "bisher „20 bis 49“, danach „50 bis 99“" in page
    assert "Wird ergänzt" not in page


PEOPLE = (
    "name;Ansprechperson;Ansprechperson: Aufgabe;Ansprechperson: E-Mail;contact_phone;Contact person: Language;"
    "Ansprechperson 2;Ansprechperson 2: E-Mail\r\n"
    "Verein im Grünen;Amal Beispiel;Vorsitz;amal@gruen.example;0611 1234;Arabisch;Ben Muster;\r\n"
    "Brücke der Kulturen;Erste Person;Kasse;ERSTE@bruecke.example;0611 9999;;Zweite Person;zweite@bruecke.example\r\n"
    "Ohne Namen;;;ohne@name.example;;;;\r\n"
    "Falsch;Eva Falsch;König;kein Zeichen;;;;\r\n"
    "Doppelt;Ida Gleich;;ida@doppelt.example;;;Ida Gleich;Ida@doppelt.example\r\n"
)


def test_a_list_brings_contact_persons_each_once_and_changes_nobody(
    coordinator: Browser, bridge: int, begin: Begin
) -> None:
    with begin() as tx:
        for name, address in (("Erste Person", "erste@bruecke.example"), ("Zweite Person", "zweite@bruecke.example")):
            known = organisation_people.add(tx, bridge, {"name": name, "role": "chair", "email": address})
        organisation_people.leave(tx, known.id)
    address, page, ticked = previewed(coordinator, PEOPLE)
    assert ticked == ["2-new", "6-new"]
    for words in (
        'Neue Ansprechperson: <span dir="auto">Amal Beispiel, Vorsitz, amal@gruen.example, 0611 1234, Arabisch',
        'Neue Ansprechperson: <span dir="auto">Ben Muster, Andere Aufgabe, Deutsch',
        'die schon eingetragen ist und so bleibt: <span dir="auto">Erste Person',
        'Hat sich ausgetragen und wird nicht wieder eingetragen: <span dir="auto">Zweite Person',
        "Ansprechperson – Bitte füllen Sie dieses Feld aus.",
        "Ansprechperson: Aufgabe – Dieses Wort steht nicht in der Auswahl.",
        "Ansprechperson: E-Mail – ",
    ):
        assert words in page, words
    with begin() as tx:
        assert len(tx.session.scalars(select(ContactPerson)).all()) == 2, "looking writes nothing"
    assert coordinator.post(address, {"row": ticked}).status_code == 302
    with begin() as tx:
        people = tx.session.scalars(select(ContactPerson).order_by(ContactPerson.id)).all()
        told = [(one.name, one.role, one.email, one.phone, one.language, one.is_first) for one in people]
    assert told == [
        ("Erste Person", "chair", "erste@bruecke.example", "", "de", True),
        ("Zweite Person", "chair", "zweite@bruecke.example", "", "de", False),
        ("Amal Beispiel", "chair", "amal@gruen.example", "0611 1234", "ar", True),
        ("Ben Muster", "other", "", "", "de", False),
        ("Ida Gleich", "other", "ida@doppelt.example", "", "de", True),
    ]
    assert previewed(coordinator, PEOPLE)[2] == []


def test_a_row_may_bring_a_contact_person_alone(coordinator: Browser, bridge: int, begin: Begin) -> None:
    address, _page, ticked = previewed(coordinator, "name;contact_name\nBrücke der Kulturen;Neue Person")
    assert ticked == ["2-update"]
    coordinator.post(address, {"row": ticked})
    with begin() as tx:
        assert [one.name for one in organisation_people.contacts(tx.session, bridge)] == ["Neue Person"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_usual_way_to_save_a_table_is_read(coordinator: Browser, encoding: str, separator: str) -> None:
    text = f'Name der Organisation{separator}city\n"Größe; und, Güte"{separator}Mainz\n'
    assert "Größe; und, Güte" in previewed(coordinator, text.encode(encoding))[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name;Vorsitz\nBrücke;Frau Muster", "Diese Spalten kennt das Register nicht: „Vorsitz“"),
        ("city\nMainz", "Es fehlt die Spalte"),
        ("name;Name der Organisation\na;b", "Eine Spalte kommt zweimal vor"),
        ("name\n\n", "steht nichts"),
        ("  ", "Die Datei ist leer."),
        (b"\x89PNG\r\n\x1a\n\0\0", "Das ist keine CSV-Datei"),
        ("name\n".encode("utf-16"), "Das ist keine CSV-Datei"),
        ("name\n" + "Verein\n" * 1001, "mehr als 1000 Zeilen"),
        ("name\n" + "x" * register_table.LARGEST, "höchstens 1 MB"),
        ('name\n"' + "x" * 200_000, "nicht als Tabelle lesen"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_the_reason(
    coordinator: Browser, content: str | bytes, words: str
) -> None:
    answer = send(coordinator, content)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_preview_is_for_whoever_sent_the_list(signed_in: Callable[[str], Browser], coordinator: Browser) -> None:
    address, _page, ticked = previewed(coordinator, "name\nVerein im Garten")
    for role in ("leadership", "office", "admin"):
        assert signed_in(role).get(address).status_code == 404
        assert signed_in(role).post(address, {"row": ticked}).status_code == 404
    assert coordinator.post("/register/import").status_code == 422


def test_the_statistics_name_nobody_and_hold_no_number_below_five(coordinator: Browser, begin: Begin) -> None:
    told = Origin("self", date(2026, 1, 1))
    with begin() as tx:
        for number in range(15):
            values = {
                "district": "westend" if number < 9 else ("biebrich" if number < 12 else "dotzheim"),
                "legal_form": "association",
                "members": "to_49" if number < 7 else "to_99",
                "website": f"https://geheim-{number}.example",
                "self_description": "sagen wir nicht",
            }
            organisations.add(tx, f"Geheimer Verein {number}", told, values)
    answer = coordinator.get("/register/statistics.csv")
    assert answer.mimetype == "text/csv"
    for secret in ("eheim", "sagen wir nicht", "example", "Biebrich", "Dotzheim"):
        assert secret not in answer.text, secret
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")), delimiter=";")
    assert head == ["Stadtteil", "Rechtsform", "Merkmal", "Ausprägung", "Organisationen"]
    assert {(row[0], int(row[4])) for row in rows if row[2] == "alle"} == {("Westend, Bleichstraße", 9), ("übrige", 6)}
    assert min(int(row[4]) for row in rows) >= 5
    # of nine, seven and two: the two would follow from the seven, so both are one
    assert [row[3:] for row in rows if row[0].startswith("Westend") and "Mitglieder" in row[2]] == [["übrige", "9"]]


def test_merging_leaves_no_number_to_be_had_by_subtraction() -> None:
    def sets(*sizes: int) -> dict[str, set[int]]:
        return {str(key): {key * 100 + number for number in range(size)} for key, size in enumerate(sizes)}

    def sizes(*given: int) -> list[int]:
        return sorted(len(ids) for ids in register_statistics.merged(sets(*given), "rest").values())

    assert sizes(6, 7, 20) == [6, 7, 20]
    assert sizes(3, 3, 20) == [6, 20]
    assert sizes(1, 6, 20) == [7, 20]
    assert sizes(2, 2) == []


def test_only_coded_attributes_are_counted_and_none_of_the_delicate_ones() -> None:
    marked = [field for field in house_forms.form("organisation").walk() if "export" in field.properties]
    assert marked == register_statistics.exported()
    assert all(field.code_list and "special" not in field.properties for field in marked)


def test_both_are_linked_from_the_register(coordinator: Browser) -> None:
    page = coordinator.get("/register").text
    assert 'href="/register/import"' in page
    assert 'href="/register/statistics.csv"' in page
