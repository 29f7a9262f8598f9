"""Uploaded files, kept in the database in chunks: one transaction, one backup, any number of machines."""

import hashlib
import io
import re
import secrets
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO

import filetype
from sqlalchemy import ForeignKey, Select, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx

LARGEST = 10 * 1024 * 1024
"""Bytes a file may have."""

CHUNK = 256 * 1024

MOST_MEMBERS = 2_000
LARGEST_UNPACKED = 100 * 1024 * 1024
HIGHEST_RATIO = 200
"""What the archive inside an office document may hold: more is a bomb, whatever it says it is."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""The file types taken, by extension; the content must be of the same type."""

_LONGEST_NAME = 120
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class File(Base):
    """One upload; ``about`` names what it belongs to (``case:17``), or the form in which it waits to be sent.

    ``subject`` is what it was handed in for, where that is less than the whole case: ``application:12``.
    ``key`` is its random name in addresses. ``is_shared`` says whether the association sees it beside the office;
    ``uploaded_by`` is the label of who brought it.
    """

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    about: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)
    is_shared: Mapped[bool]
    uploaded_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class FileChunk(Base):
    """A piece of a file's content, numbered from 0."""

    __tablename__ = "file_chunk"

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]


def store(tx: Tx, name: str, content: bytes | IO[bytes], about: str, *, is_shared: bool = False) -> File:
    """Keep an upload; its name loses its folders and everything unprintable. Sent twice it is kept once.

    Raises ``Invalid`` for the field ``file`` with ``file_empty``, ``file_too_large``, ``file_type`` (extension not
    taken), ``file_differs`` (the content is not what the extension says) or ``file_archive`` (too much inside it).
    """
    name = _clean_name(name)
    data = _limited(io.BytesIO(content) if isinstance(content, bytes) else content)
    media_type, sha256 = _checked_type(name, data), hashlib.sha256(data).hexdigest()
    same = select(File).where(File.about == about, File.name == name, File.sha256 == sha256)
    if (known := tx.session.scalars(same).first()) is not None:
        return known
    file = File(
        key=secrets.token_urlsafe(16),
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=sha256,
        about=about,
        is_shared=is_shared,
        uploaded_by=tx.actor.label[:200],
        created_at=tx.now,
    )
    tx.session.add(file)
    tx.session.flush()
    pieces = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    rows = [{"file_id": file.id, "number": number, "data": piece} for number, piece in enumerate(pieces)]
    tx.session.execute(insert(FileChunk), rows)
    return file


def chunks(session: Session, file_id: int) -> Iterator[bytes]:
    """The content piece by piece, as a download sends it; nothing for an unknown file."""
    pieces = select(FileChunk.data).where(FileChunk.file_id == file_id).order_by(FileChunk.number)
    yield from session.scalars(pieces, execution_options={"yield_per": 4})


def read(session: Session, file_id: int) -> bytes:
    """The whole content; raises ``NotFound``."""
    if session.get(File, file_id) is None:
        raise NotFound("not_found", kind="file")
    return b"".join(chunks(session, file_id))


def remove(tx: Tx, file_id: int) -> None:
    """Delete a file and its content; raises ``NotFound``."""
    tx.session.delete(tx.locked(File, file_id))
    tx.session.flush()


def purge(tx: Tx, kind: str, before: datetime, in_use: Select[tuple[str]] | None = None) -> None:
    """Forget what was uploaded into forms of this ``kind`` (``form``, ``task``) and never sent.

    ``in_use`` selects the places (``task:4``) whose form somebody may still send.
    """
    unsent = delete(File).where(File.about.startswith(f"{kind}:"), File.created_at < before)
    tx.session.execute(unsent if in_use is None else unsent.where(File.about.not_in(in_use)))


def _limited(content: IO[bytes]) -> bytes:
    data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _refused("file_too_large", max=f"{LARGEST // 1024**2} MB")
    if not data:
        raise _refused("file_empty")
    return data


def _clean_name(name: str) -> str:
    last = PurePosixPath(_UNPRINTABLE.sub("", name).replace("\\", "/")).name.strip() or "file"
    stem, dot, extension = last.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(extension) - 1]}{dot}{extension}" if dot else last[:_LONGEST_NAME]


def _checked_type(name: str, data: bytes) -> str:
    expected = TYPES.get(name.rpartition(".")[2].lower())
    if expected is None:
        raise _refused("file_type", allowed=", ".join(sorted(TYPES)))
    found = filetype.guess_mime(data)
    if found is None and expected.startswith("text/") and _is_text(data):
        return expected
    if found != expected:
        raise _refused("file_differs", expected=name.rpartition(".")[2].upper())
    if data.startswith(b"PK"):
        _check_archive(data)
    return expected


def _check_archive(data: bytes) -> None:
    """Office documents are archives: refuse what unpacks to too much or elsewhere, is encrypted, or carries macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _refused("file_archive") from None
    unpacked = sum(member.file_size for member in members)
    is_bomb = len(members) > MOST_MEMBERS or unpacked > min(LARGEST_UNPACKED, HIGHEST_RATIO * len(data))
    if is_bomb or any(_is_odd(member) for member in members):
        raise _refused("file_archive")


def _is_odd(member: zipfile.ZipInfo) -> bool:
    """Encrypted, a macro, or one that would be unpacked elsewhere."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    return (
        bool(member.flag_bits & 1) or path.name.lower() == "vbaproject.bin" or path.is_absolute() or ".." in path.parts
    )


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _refused(code: str, **facts: object) -> Invalid:
    return Invalid({"file": (Problem(code, facts),)})
