"""Files come back as they went in, and only what is expected gets in."""

import io
import zipfile

import pytest
from sqlalchemy import func, select

from tests.conftest import Begin
from workflows.core import files
from workflows.core.errors import Invalid, NotFound
from workflows.core.files import File, FileChunk

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


def store(begin: Begin, name: str, content: bytes) -> File:
    with begin() as tx:
        return files.store(tx, name, content, "case:17")


def refusal(begin: Begin, name: str, content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        store(begin, name, content)
    ((problem,),) = refused.value.problems.values()
    return problem.code


def test_a_file_comes_back_as_it_went_in(begin: Begin) -> None:
    content = PDF * 600  # several chunks
    stored = store(begin, "Satzung.pdf", content)
    assert (stored.name, stored.media_type, stored.size) == ("Satzung.pdf", "application/pdf", len(content))
    with begin() as tx:
        assert files.read(tx.session, stored.id) == content
        pieces = list(files.chunks(tx.session, stored.id))
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= files.CHUNK


def test_a_stream_is_taken_too(begin: Begin) -> None:
    with begin() as tx:
        stored = files.store(tx, "bild.PNG", io.BytesIO(PNG), "case:17")
        assert stored.media_type == "image/png"


@pytest.mark.parametrize(
    ("name", "content"),
    [("Notiz.txt", "Grüße".encode()), ("liste.csv", b"a;b\n1;2\n"), ("foto.jpeg", b"\xff\xd8\xff\xe0" + bytes(40))],
)
def test_usual_types_are_taken(begin: Begin, name: str, content: bytes) -> None:
    assert store(begin, name, content).name == name


def _office_document() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr("word/document.xml", "<document/>")
    return packed.getvalue()


def test_an_office_document_is_known_by_its_content(begin: Begin) -> None:
    assert store(begin, "Antrag.docx", _office_document()).media_type.endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("../../../boese.txt", b"x"),
        ("..\\boese.txt", b"x"),
        ("/etc/boese.txt", b"x"),
        ("word/vbaProject.bin", b"x"),
        ("word/bombe.xml", bytes(2_000_000)),
    ],
)
def test_an_office_document_that_unpacks_to_something_else_is_refused(begin: Begin, name: str, content: bytes) -> None:
    packed = io.BytesIO(_office_document())
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    assert refusal(begin, "Antrag.docx", packed.getvalue()) == "file_archive"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("leer.pdf", b"", "file_empty"),
        ("virus.exe", b"MZ" + bytes(60), "file_type"),
        ("seite.html", b"<script>", "file_type"),
        ("ohne", PDF, "file_type"),
        ("falsch.pdf", PNG, "file_differs"),
        ("falsch.png", b"MZ" + bytes(60), "file_differs"),
        ("falsch.txt", PDF, "file_differs"),
        ("falsch.txt", b"a\0b", "file_differs"),
        ("falsch.csv", b"\xff\xfe\xff", "file_differs"),
        ("gross.pdf", PDF + bytes(files.LARGEST), "file_too_large"),
    ],
)
def test_what_is_not_expected_does_not_get_in(begin: Begin, name: str, content: bytes, code: str) -> None:
    assert refusal(begin, name, content) == code


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\Antrag.pdf", "Antrag.pdf"),
        ("zeile\r\nbruch.pdf", "zeilebruch.pdf"),
        ("umkehr\u202efdp.pdf", "umkehrfdp.pdf"),
        (f"{'x' * 300}.pdf", f"{'x' * 116}.pdf"),
    ],
)
def test_names_lose_folders_and_tricks(begin: Begin, given: str, kept: str) -> None:
    assert store(begin, given, PDF).name == kept


def test_a_removed_file_leaves_nothing(begin: Begin) -> None:
    stored = store(begin, "Satzung.pdf", PDF)
    with begin() as tx:
        files.remove(tx, stored.id)
    with begin() as tx:
        assert tx.session.scalar(select(func.count()).select_from(FileChunk)) == 0
        with pytest.raises(NotFound):
            files.read(tx.session, stored.id)
