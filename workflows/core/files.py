"""Uploaded files, kept in the database in chunks: one transaction, one backup, any number of machines."""

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype
from sqlalchemy import ForeignKey, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx

LARGEST = 10 * 1024 * 1024
"""Bytes a file may have."""

CHUNK = 256 * 1024

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
    """One upload; ``about`` names what it belongs to (``case:17``)."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    about: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]


class FileChunk(Base):
    """A piece of a file's content, numbered from 0."""

    __tablename__ = "file_chunk"

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]


def store(tx: Tx, name: str, content: bytes | BinaryIO, about: str) -> File:
    """Keep an upload; its name loses its folders and everything unprintable.

    Raises ``Invalid`` for the field ``file`` with ``empty``, ``too_large``, ``type_unknown`` (extension not taken) or
    ``type_differs`` (the content is not what the extension says).
    """
    name = _clean_name(name)
    data = _limited(io.BytesIO(content) if isinstance(content, bytes) else content)
    file = File(
        name=name,
        media_type=_checked_type(name, data),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        about=about,
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


def _limited(content: BinaryIO) -> bytes:
    data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _refused("too_large", max=LARGEST)
    if not data:
        raise _refused("empty")
    return data


def _clean_name(name: str) -> str:
    last = PurePosixPath(_UNPRINTABLE.sub("", name).replace("\\", "/")).name.strip() or "file"
    stem, dot, extension = last.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(extension) - 1]}{dot}{extension}" if dot else last[:_LONGEST_NAME]


def _checked_type(name: str, data: bytes) -> str:
    expected = TYPES.get(name.rpartition(".")[2].lower())
    if expected is None:
        raise _refused("type_unknown", allowed=sorted(TYPES))
    found = filetype.guess_mime(data)
    if found is None and expected.startswith("text/") and _is_text(data):
        return expected
    if found != expected:
        raise _refused("type_differs", expected=expected)
    return expected


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _refused(code: str, **facts: object) -> Invalid:
    return Invalid({"file": (Problem(code, facts),)})
