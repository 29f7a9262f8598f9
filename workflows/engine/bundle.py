"""A bundle: the files of one process as a folder or a zip, read within bounds and named by their content."""

import errno
import hashlib
import io
import lzma
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TypeVar

from workflows.core.errors import LotseError
from workflows.core.sizes import size_text

MOST_MEMBERS = 400
MOST_BYTES = 20_000_000
LARGEST_MEMBER = 5_000_000
LARGEST_ZIP = 10_000_000
LONGEST_PATH = 200
#: A member may not unpack to more than this many times its size: real diagrams reach about 20.
MOST_RATIO = 100

_LANGUAGE = "[a-z]{2,3}(?:_[a-z]+)?"
_TEXT = re.compile(rf"texts/([A-Za-z][A-Za-z0-9_-]*)\.({_LANGUAGE})\.txt")
_TRANSLATION = re.compile(rf"translations/({_LANGUAGE})\.json")
SCENARIO = re.compile(r"scenarios/[A-Za-z0-9_-]{1,80}\.yaml")
"""Where a scenario lies: beside what runs, no part of the version."""
#: What file managers leave in folders and zips without being asked.
_LEFT_BEHIND = re.compile(r"(.*/)?(__MACOSX(/.*)?|\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini)")
_LOGIC = re.compile(r"[^/]+\.(bpmn|form|dmn)")
_FOLDERS = frozenset({"texts", "translations", "scenarios"})
_EPOCH = (1980, 1, 1, 0, 0, 0)

Read = TypeVar("Read")


class BundleUnreadable(LotseError):
    """The folder or zip is no bundle, or tries to be more than one; ``facts["file"]`` names the culprit."""


@dataclass(frozen=True)
class Bundle:
    """The run-time files by path inside the bundle, sorted; ``key`` names the folder and the process.

    Scenarios, notes and anything else is not part of it; ``ignored`` lists what was left out.
    """

    key: str
    files: Mapping[str, bytes]
    ignored: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The digest of the whole bundle."""
        return _digest(self.key, self.files)

    @property
    def logic_sha256(self) -> str:
        """The digest of what decides: diagrams, forms, decision tables; not of texts and translations."""
        return _digest(self.key, {path: data for path, data in self.files.items() if _LOGIC.fullmatch(path)})

    def of_kind(self, suffix: str) -> dict[str, bytes]:
        """The files ending in ``.bpmn``, ``.form`` or ``.dmn``."""
        return {path: data for path, data in self.files.items() if path.endswith(suffix)}

    def texts(self) -> Iterator[tuple[str, str, str, bytes]]:
        """Path, name, language and content of every text."""
        for path, data in self.files.items():
            if found := _TEXT.fullmatch(path):
                yield path, found[1], found[2], data

    def translations(self) -> Iterator[tuple[str, str, bytes]]:
        """Path, language and content of every table of translations."""
        for path, data in self.files.items():
            if found := _TRANSLATION.fullmatch(path):
                yield path, found[1], data

    @property
    def diagram(self) -> str:
        """The path of the diagram that gives the bundle its name; the only one, else the one called like it."""
        paths = list(self.of_kind(".bpmn"))
        return paths[0] if len(paths) == 1 else f"{self.key}.bpmn"

    def frozen(self) -> bytes:
        """The bundle as a zip, the same bytes for the same content."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path, data in self.files.items():
                archive.writestr(zipfile.ZipInfo(f"{self.key}/{path}", _EPOCH), data, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


def _digest(key: str, files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(f"{len(key)}:{key}".encode())
    for path in sorted(files):
        digest.update(f"{len(path.encode())}:{path}:{len(files[path])}:".encode())
        digest.update(files[path])
    return digest.hexdigest()


def read(source: Path | bytes) -> Bundle:
    """The bundle in a folder, a zip file or the bytes of a zip; raises ``BundleUnreadable``."""
    if isinstance(source, bytes):
        return _from_zip(source)
    try:
        if source.is_dir():
            return _from_folder(source)
        return _from_zip(content_of(source, LARGEST_ZIP, "zip_too_large"))
    except OSError as error:
        raise unreadable(source, error) from None


def unreadable(source: Path, error: OSError) -> BundleUnreadable:
    """What could not be read, by its own name, and the errno that says why."""
    named = Path(os.fsdecode(error.filename)).name if isinstance(error.filename, str | bytes) else source.name
    return BundleUnreadable("not_readable", file=_shown(named), reason=errno.errorcode.get(error.errno or 0, ""))


def content_of(path: Path, most: int, code: str) -> bytes:
    """The bytes of a file; raises ``BundleUnreadable(code)`` beyond ``most``, ``no_file`` for what is none.

    Devices and pipes have no size and no end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise BundleUnreadable("no_file", file=path.name)
    if path.stat().st_size > most:
        raise BundleUnreadable(code, file=path.name, max=size_text(most))
    return path.read_bytes()


def _from_folder(folder: Path) -> Bundle:
    folder = folder.resolve()
    files: dict[str, bytes] = {}
    ignored: list[str] = []
    found = list(islice(folder.rglob("*"), 2 * MOST_MEMBERS + 1))
    for inner in (folder, *(each for each in found if each.name in _FOLDERS and each.is_dir())):
        # What may not be listed looks empty to ``rglob``.
        os.scandir(inner).close()
    if len(found) > 2 * MOST_MEMBERS:
        raise BundleUnreadable("too_many_files", max=MOST_MEMBERS)
    for path in sorted(found):
        # A link could lead anywhere on the machine.
        if path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        if not is_run_time(name):
            ignored.append(name if name.isprintable() else _shown(name))
            continue
        name = _checked_name(name)
        if name in files:
            raise BundleUnreadable("double_member")
        if path.stat().st_size > LARGEST_MEMBER:
            raise BundleUnreadable("file_too_large", file=name, max=size_text(LARGEST_MEMBER))
        files[name] = path.read_bytes()
    return _bundle(folder.name, files, ignored)


def is_run_time(path: str) -> bool:
    """Whether a file inside a bundle is part of the version."""
    return any(pattern.fullmatch(path) for pattern in (_LOGIC, _TEXT, _TRANSLATION))


def _from_zip(data: bytes) -> Bundle:
    return _opened(data, _from_archive)


def beside(data: bytes, wanted: re.Pattern[str]) -> dict[str, bytes]:
    """What else of a name that is ``wanted`` lies in a zip, by path inside the bundle; raises ``BundleUnreadable``."""
    return _opened(data, lambda archive: _unpack(archive, lambda path: wanted.fullmatch(path) is not None)[1])


def _opened(data: bytes, read_archive: Callable[[zipfile.ZipFile], Read]) -> Read:
    if len(data) > LARGEST_ZIP:
        raise BundleUnreadable("zip_too_large", max=size_text(LARGEST_ZIP))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return read_archive(archive)
    # What a damaged or hostile zip makes the standard library raise; all of it means the same.
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise BundleUnreadable("not_a_zip", reason=str(error)[:200]) from None


def _from_archive(archive: zipfile.ZipFile) -> Bundle:
    around, files, ignored = _unpack(archive, is_run_time)
    return _bundle(around.rpartition("/")[2], files, ignored)


def _unpack(archive: zipfile.ZipFile, is_wanted: Callable[[str], bool]) -> tuple[str, dict[str, bytes], list[str]]:
    """The folder around everything, what is wanted by path inside it, and the paths of the rest."""
    named = [(_member_name(info), info) for info in archive.infolist() if not info.filename.endswith("/")]
    infos = [(name, info) for name, info in named if not _LEFT_BEHIND.fullmatch(name)]
    if len(infos) > MOST_MEMBERS or len(named) > 3 * MOST_MEMBERS:
        raise BundleUnreadable("too_many_files", max=MOST_MEMBERS)
    members = dict(infos)
    if len(members) < len(infos):
        raise BundleUnreadable("double_member")
    around = _folder_around(list(members))
    files: dict[str, bytes] = {}
    ignored: list[str] = []
    for name, info in sorted(members.items()):
        inside = name.removeprefix(f"{around}/")
        if is_wanted(inside):
            files[inside] = _unpacked(archive, info, inside, MOST_BYTES - sum(map(len, files.values())))
        else:
            ignored.append(inside)
    return around, files, ignored


def _member_name(info: zipfile.ZipInfo) -> str:
    """The path of a member, checked: inside the bundle, UTF-8, no link, not encrypted."""
    name = _checked_name(_decoded(info))
    if info.flag_bits & 0x1:
        raise BundleUnreadable("encrypted", file=_shown(name))
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BundleUnreadable("unsafe_path", file=_shown(name))
    return name


def _checked_name(name: str) -> str:
    """A path inside a bundle, composed; refused when it leads out, or when no page and no zip could carry it."""
    path = PurePosixPath(name)
    if not name.isprintable() or len(name) >= LONGEST_PATH:
        raise BundleUnreadable("unusable_name", file=_shown(name))
    if "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts or str(path) != name:
        raise BundleUnreadable("unsafe_path", file=_shown(name))
    return unicodedata.normalize("NFC", name)


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name; some tools write UTF-8 without saying so, which the standard library reads as code page 437."""
    if info.filename.isascii() or info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        raise BundleUnreadable("name_not_utf8", file=_shown(info.filename)) from None


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name[:100])


def _folder_around(names: list[str]) -> str:
    """The innermost folder everything lies in, empty when files lie at the top."""
    folders = [PurePosixPath(name).parent.parts for name in names]
    around: list[str] = []
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1 or level[0] in _FOLDERS:
            break
        around.append(level[0])
    return "/".join(around)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int) -> bytes:
    """The content, never more than allowed whatever the header says."""
    bounds = {
        "file_too_large": LARGEST_MEMBER,
        "bundle_too_large": left,
        "packed_too_tightly": max(100_000, info.compress_size * MOST_RATIO),
    }
    code, most = min(bounds.items(), key=lambda each: each[1])
    with archive.open(info) as member:
        data = member.read(most + 1)
    if len(data) > most:
        raise BundleUnreadable(code, file=name, max=size_text(MOST_BYTES if code == "bundle_too_large" else most))
    return data


def _bundle(key: str, files: dict[str, bytes], ignored: list[str]) -> Bundle:
    diagrams = [path for path in files if path.endswith(".bpmn")]
    if not diagrams:
        raise BundleUnreadable("no_diagram")
    if len(files) > MOST_MEMBERS:
        raise BundleUnreadable("too_many_files", max=MOST_MEMBERS)
    if sum(map(len, files.values())) > MOST_BYTES:
        raise BundleUnreadable("bundle_too_large", max=size_text(MOST_BYTES))
    if not key and len(diagrams) > 1:
        raise BundleUnreadable("no_name")
    return Bundle(key or diagrams[0].removesuffix(".bpmn"), dict(sorted(files.items())), tuple(ignored))
