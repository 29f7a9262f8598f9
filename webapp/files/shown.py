"""Files as the macro ``files.list`` draws them."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from flask_babel import format_decimal

from workflows.core.files import File


def for_office(files: Sequence[File], case_id: int, *, can_work: bool) -> list[dict[str, Any]]:
    """With a way to share each, or keep it inside, for who works on the case."""

    def share_url(file: File) -> str | None:
        return url_for("files.share", case_id=case_id, key=file.key) if can_work else None

    return [
        {**_row(file, lambda key: url_for("files.download", key=key)), "share_url": share_url(file)} for file in files
    ]


def for_association(files: Sequence[File], token: str) -> list[dict[str, Any]]:
    """By the status link."""
    return [_row(file, lambda key: url_for("public.file", token=token, key=key)) for file in files]


def _row(file: File, url: Callable[[str], str]) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": url(file.key),
        "size": size(file.size),
        "at": file.created_at,
        "by": file.uploaded_by,
        "is_shared": file.is_shared,
    }


def size(count: int) -> str:
    """Bytes as people read them."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} kB"
    return f"{format_decimal(count / 1024 / 1024, '#,##0.0')} MB"
