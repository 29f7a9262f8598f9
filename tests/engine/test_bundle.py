"""Reading bundles: folders and zips mean the same, hostile ones are refused, never believed."""

import codecs
import ctypes
import io
import os
import random
import stat
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.diagrams import bundle, form
from workflows.engine.bundle import SCENARIO, Bundle, BundleUnreadable, beside, read
from workflows.engine.content import read_content

FILES = {
    "enquiry.bpmn": b"<x/>",
    "answer.form": b"{}",
    "way.dmn": b"<y/>",
    "texts/receipt.de.txt": "Betreff: Eingang\n\nGrüße".encode(),
    "translations/en.json": b"{}",
    "scenarios/first.yaml": b"no part of it",
    "README.md": b"no part of it",
}


def zipped(files: dict[str, bytes], prefix: str = "enquiry/") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(prefix + path, data)
    return buffer.getvalue()


def with_member(info: zipfile.ZipInfo | str, data: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("enquiry.bpmn", b"<x/>")
        archive.writestr(info, data)
    return buffer.getvalue()


def refusal(source: bytes | Path) -> str:
    with pytest.raises(BundleUnreadable) as caught:
        read(source)
    return caught.value.code


def test_folder_and_zip_are_the_same_bundle(tmp_path: Path) -> None:
    folder = tmp_path / "enquiry"
    for path, data in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    from_folder, from_zip, flat = read(folder), read(zipped(FILES)), read(zipped(FILES, prefix=""))
    assert from_folder == from_zip == flat
    assert from_folder.sha256 == from_zip.sha256
    assert set(from_folder.files) == set(FILES) - {"scenarios/first.yaml", "README.md"}
    assert from_folder.ignored == ("README.md", "scenarios/first.yaml")


def test_freezing_is_deterministic_and_complete() -> None:
    sample = bundle()
    turned = Bundle("sample", dict(sorted(sample.files.items(), reverse=True)))
    assert sample.sha256 == turned.sha256
    assert sample.frozen() == bundle().frozen()
    assert read(sample.frozen()) == sample


def test_only_texts_and_translations_leave_the_logic_alone() -> None:
    sample = bundle()
    worded = bundle({"texts/receipt.de.txt": b"Betreff: neu\n"})
    assert worded.sha256 != sample.sha256
    assert worded.logic_sha256 == sample.logic_sha256
    assert bundle({"answer.form": b"{}"}).logic_sha256 != sample.logic_sha256


@pytest.mark.parametrize("name", ["../x.form", "/etc/x.form", "a/../../x.form", "C:\\x.form", "a\\b.form", "./x.form"])
def test_paths_that_lead_out_are_refused(name: str) -> None:
    assert refusal(with_member(name)) == "unsafe_path"


@pytest.mark.parametrize("name", ["a\nb.form", "\udcff.form", "a\\b.form", "a:b.form", "x" * 200 + ".form"])
def test_a_folder_holds_no_file_that_its_own_zip_could_not(name: str, tmp_path: Path) -> None:
    """Its names stand in findings, digests and the frozen version, which is read again for every case."""
    folder = tmp_path / "enquiry"
    folder.mkdir()
    (folder / "enquiry.bpmn").write_bytes(b"<x/>")
    (folder / name.replace(".form", ".md")).write_bytes(b"no part of it")
    assert all(each.isprintable() for each in read(folder).ignored)
    (folder / name).write_bytes(b"{}")
    assert refusal(folder) in {"unusable_name", "unsafe_path"}


def test_composed_and_decomposed_names_are_one(tmp_path: Path) -> None:
    folder = tmp_path / "enquiry"
    folder.mkdir()
    (folder / "enquiry.bpmn").write_bytes(b"<x/>")
    (folder / "a\u0308.form").write_bytes(b"{}")
    found = read(folder)
    assert "\u00e4.form" in found.files
    assert read(found.frozen()).sha256 == found.sha256
    (folder / "\u00e4.form").write_bytes(b"{}")
    assert refusal(folder) == "double_member"


def test_links_are_refused_in_zips_and_not_followed_in_folders(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("x.form")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refusal(with_member(link, b"/etc/passwd")) == "unsafe_path"
    secret = tmp_path / "secret.form"
    secret.write_bytes(b"secret")
    folder = tmp_path / "enquiry"
    folder.mkdir()
    (folder / "enquiry.bpmn").write_bytes(b"<x/>")
    (folder / "x.form").symlink_to(secret)
    assert set(read(folder).files) == {"enquiry.bpmn"}


def test_zip_bombs_stay_small() -> None:
    assert refusal(with_member("x.form", b"0" * 4_900_000)) == "packed_too_tightly"
    assert refusal(zipped({"enquiry.bpmn": b"", "x.form": random.Random(1).randbytes(5_000_001)})) == "file_too_large"
    with pytest.raises(BundleUnreadable):
        beside(zipped({"enquiry.bpmn": b"", "scenarios/a.yaml": b"#" * 2_000_000}), SCENARIO)
    many = {f"f{number}.form": b"x" for number in range(500)}
    assert refusal(zipped({"enquiry.bpmn": b"", **many})) == "too_many_files"
    assert refusal(b"P" * 10_000_001) == "zip_too_large"


MAC = {
    "__MACOSX/._Antrag": b"\x00\x05\x16\x07",
    "__MACOSX/Antrag/._enquiry.bpmn": b"\x00\x05\x16\x07",
    "Antrag/.DS_Store": b"\x00Bud1",
    "Antrag/texts/.DS_Store": b"\x00Bud1",
}


@pytest.mark.parametrize("around", ["Antrag/", "Schreibtisch/Antrag/", "Schreibtisch/neu/Antrag/"])
def test_what_file_managers_leave_behind_and_folders_around_are_no_part_of_a_bundle(around: str) -> None:
    tidy = {f"{around}{path}": data for path, data in FILES.items()}
    found = read(zipped({**MAC, **tidy, f"{around}Thumbs.db": b"", f"{around}._answer.form": b""}, prefix=""))
    assert (found.key, set(found.files)) == ("Antrag", set(read(zipped(FILES)).files))
    assert refusal(zipped({**MAC, "../._x": b"", **tidy}, prefix="")) == "unsafe_path"
    many = {f"__MACOSX/{number}": b"" for number in range(1300)}
    assert refusal(zipped({**many, **tidy}, prefix="")) == "too_many_files"
    assert set(beside(zipped({**MAC, **tidy}, prefix=""), SCENARIO)) == {"scenarios/first.yaml"}


def test_names_in_utf8_are_read_where_the_zip_does_not_say_so() -> None:
    data = zipped({"enquiry.bpmn": b"<x/>", "Prüfen.form": b"{}"}).replace("ü".encode(), b"\xc3\xbc")
    unsaid = bytearray(data)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature, data.find(signature) + 1)
        unsaid[at + flags + 1] &= 0xF7
    assert "Prüfen.form" in read(bytes(unsaid)).files


def test_damaged_zips_are_no_bundles() -> None:
    good = zipped(FILES)
    assert refusal(good[:-30]) == "not_a_zip"
    assert refusal(b"") == "not_a_zip"
    assert refusal(with_member("Qx.form").replace(b"Qx.form", b"\0x.form")) == "unsafe_path"
    assert refusal(with_member("other.bpmn", b"<x/>")) == "no_name"
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            archive.writestr("enquiry/enquiry.bpmn", random.Random(1).randbytes(1_000))
        damaged = bytearray(buffer.getvalue())
        damaged[60:90] = b"x" * 30
        assert refusal(bytes(damaged)) == "not_a_zip"
    assert refusal(zipped({"answer.form": b"{}"})) == "no_diagram"


def test_what_is_not_there_is_unreadable(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing") == "not_readable"


def _give_up_reading_everything() -> None:
    """Root without what lets it read closed files (capabilities(7)), from the next program on."""
    drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
    system = ctypes.CDLL(None, use_errno=True)
    for capability in (dac_override, dac_read_search):
        if system.prctl(drop_from_bounding_set, capability, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


@pytest.mark.parametrize("closed", ["enquiry", "enquiry/texts", "enquiry/x.form"])
def test_what_may_not_be_read_is_told_by_its_name_and_not_left_out(closed: str, tmp_path: Path) -> None:
    """A folder that could not be listed once counted as empty: its texts were missing without a word."""
    (tmp_path / "enquiry" / "texts").mkdir(parents=True)
    (tmp_path / "enquiry" / "enquiry.bpmn").write_bytes(b"<x/>")
    (tmp_path / "enquiry" / "x.form").write_bytes(b"{}")
    (tmp_path / closed).chmod(0)
    told = "import sys, pathlib; from workflows.engine.checks import open_bundle, sentence\n"
    told += "try: open_bundle(pathlib.Path(sys.argv[1]))\n"
    told += "except Exception as error: print(sentence(error.code, error.facts))"
    done = subprocess.run(
        [sys.executable, "-c", told, tmp_path / "enquiry"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=_give_up_reading_everything if os.geteuid() == 0 else None,
    )
    (tmp_path / closed).chmod(0o700)
    name = closed.rpartition("/")[2]
    assert done.stdout == f"„{name}“ lässt sich nicht lesen: Die Berechtigung dazu fehlt.\n"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_flipped_bytes_make_reading_fall_over(data: st.DataObject) -> None:
    raw = bytearray(zipped(FILES))
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BundleUnreadable):
        read(bytes(raw))


def test_the_mark_some_editors_write_in_front_of_a_file_is_no_fault() -> None:
    marked = {"answer.form": form(), "translations/en.json": b"{}", "texts/note.de.txt": "Betreff: Größe\n\nx".encode()}
    files = {path: codecs.BOM_UTF8 + data for path, data in marked.items()}
    content = read_content(bundle(files), {})
    assert content.faults == []
    assert set(content.forms) == {"answer"}
    assert set(content.translations) == {"en"}
