"""Files of other modelling tools at the door of the workshop: taken as they are made, or refused in plain words."""

import io
import zipfile
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import update

from tests.conftest import Begin
from tests.engine.diagrams import STRAIGHT, diagram
from tests.webapp import sample
from tests.webapp.conftest import Browser, begin_draft
from workflows.engine.drafts import DraftFile

FOREIGN = Path("tests/engine/foreign/approval.bpmn").read_bytes()
TABLE = Path("bpmn/referral").glob("*.dmn")


def send(owner: Browser, name: str, data: bytes) -> tuple[int, str, str]:
    """Take a file in: the answer's status, where it leads, and its page."""
    answer = owner.post("/workshop/import", {"file": (io.BytesIO(data), name)})
    place = cast(str, answer.location or "")
    return answer.status_code, place, owner.get(place).text if place else answer.text


def test_a_zip_as_a_mac_makes_it_is_taken(owner: Browser) -> None:
    buffer = io.BytesIO(sample.archive())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("__MACOSX/sample/._sample.bpmn", b"\x00\x05\x16\x07")
        archive.writestr("sample/.DS_Store", b"\x00Bud1")
    status, draft, page = send(owner, "sample.zip", buffer.getvalue())
    assert (status, "DS_Store" in page) == (302, False)
    assert owner.get(f"{draft}/files/sample.bpmn").data.startswith(b"<?xml")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "utf-8-sig"])
def test_a_diagram_in_another_encoding_is_read_and_kept_in_utf8(owner: Browser, encoding: str) -> None:
    text = FOREIGN.decode().partition("?>")[2]
    said = "utf-8" if encoding == "utf-8-sig" else encoding.removesuffix("-le").removesuffix("-be")
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    data = mark + f'<?xml version="1.0" encoding="{said}"?>{text}'.encode(encoding, "xmlcharrefreplace")
    status, draft, page = send(owner, "Antrag.bpmn", data)
    assert status == 302
    assert ("ist jetzt UTF-8" in page) is (encoding != "utf-8-sig")
    kept = owner.get(f"{draft}/files/antrag.bpmn").data
    assert "<bpmn:process" in kept.decode() or "<process" in kept.decode()


def test_a_part_of_a_process_alone_is_sent_to_the_drafts_it_may_belong_into(owner: Browser) -> None:
    table = next(TABLE, None) or next(Path("bpmn").glob("*/*.dmn"))
    status, _place, page = send(owner, table.name, table.read_bytes())
    assert (status, "ist eine Entscheidungstabelle" in page, "kein Entwurf offen" in page) == (422, True, True)
    draft = begin_draft(owner, "message")
    for name, data, words in (
        ("Regeln.dmn", table.read_bytes(), "ist eine Entscheidungstabelle"),
        ("Regeln.xml", table.read_bytes(), "ist eine Entscheidungstabelle"),
        ("Antwort.form", b'{"components": []}', "ist ein Formular"),
    ):
        status, _place, page = send(owner, name, data)
        assert (status, words in page, f"{draft}#files" in page) == (422, True, True), name
    assert "/workshop/processes/regeln" not in owner.get("/workshop").text
    status, _place, page = send(owner, "Logo.xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert (status, "kein Diagramm nach BPMN" in page) == (422, True)


def test_sizes_are_said_as_the_page_says_them(owner: Browser) -> None:
    assert "Höchstens 10 MB, ein Diagramm allein höchstens 4 MB" in owner.get("/workshop/import").text
    large = FOREIGN.replace(b"<?xml", b"<!--" + b"x" * 4_100_000 + b"--><?xml", 1)
    for name, data, words in (
        ("gross.bpmn", b"<" + large, "„gross.bpmn“ ist größer als 4 MB"),
        ("gross.zip", b"PK" * 5_500_000, "ist größer als 10 MB"),
    ):
        status, _place, page = send(owner, name, data)
        assert (status, words in page, "Bytes" in page) == (422, True, False), name
    status, draft, page = send(owner, "tief.bpmn", b"<a>" * 47_000)
    assert (status, "zu tief verschachtelt" in page, "100000" in page) == (302, True, False)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "In Zeile 2 ist die Datei kein gültiges XML: Eine Angabe in einem Element"),
        ("en", "In line 2 the file is not valid XML: An attribute"),
    ],
)
def test_a_damaged_file_is_explained_by_its_line_in_the_reader_s_language(
    owner: Browser, language: str, words: str
) -> None:
    _status, draft, _page = send(owner, "kaputt.bpmn", b'<?xml version="1.0"?>\n<definitions id=5/>')
    table = {"file": (io.BytesIO(b"<?xml version='1.0'?>\n<definitions id=5/>"), "Regeln.dmn")}
    assert owner.post(f"{draft}/upload", table).status_code == 302
    found = owner.get(f"{draft}/findings?lang={language}").get_json()
    told = {each["file"]: each["text"] for each in found if "XML" in each["text"]}
    assert {path: text.startswith(words) for path, text in told.items()} == {"kaputt.bpmn": True, "Regeln.dmn": True}


def test_a_diagram_without_drawing_gets_one_which_is_said_and_stays(owner: Browser) -> None:
    bare = diagram(STRAIGHT)
    assert b"BPMNShape" not in bare
    _status, draft, page = send(owner, "bare.bpmn", bare)
    assert "Die Datei hatte keine Zeichnung; Lotse hat eine angelegt." in page
    drawn = owner.get(f"{draft}/files/bare.bpmn").data
    assert drawn.count(b"BPMNShape ") == 3
    again = owner.post(f"{draft}/upload", {"file": (io.BytesIO(drawn), "bare.bpmn")})
    assert "Lotse hat eine angelegt" not in owner.get(again.location).text
    assert owner.get(f"{draft}/files/bare.bpmn").data == drawn
    owner.post(f"{draft}/upload", {"file": (io.BytesIO(bare), "bare.bpmn")})
    assert b"BPMNShape " in owner.get(f"{draft}/files/bare.bpmn").data


def test_a_draft_kept_without_a_drawing_is_drawn_where_it_is_opened(owner: Browser, begin: Begin) -> None:
    sent = {"file": (io.BytesIO(sample.archive()), "sample.zip")}
    draft = cast(str, owner.post("/workshop/import", sent).location)
    bare = sample._files()["sample.bpmn"]
    with begin() as tx:  # as an earlier release has kept it
        tx.session.execute(update(DraftFile).where(DraftFile.path == "sample.bpmn").values(data=bare))
    assert b"BPMNShape" not in owner.get(f"{draft}/files/sample.bpmn").data
    assert owner.get(f"{draft}/files/sample.bpmn?drawn=1").data.count(b"BPMNShape") >= 4
    assert "BPMNShape" in owner.get(f"{draft}/diagram").text
    assert owner.post(f"{draft}/steps/first", {"name": "Antwort geben"}).status_code == 302
    assert owner.get(f"{draft}/files/sample.bpmn").data.count(b"BPMNShape") >= 4
