"""What a browser uploads into a form: kept at once, in a transaction of its own, so that no mistake elsewhere loses it.

A route that takes a form names, as ``uploads``, a step that calls ``keep``; its view reads with ``sent_values``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import g, request

from webapp.forms.reading import raw_values
from workflows.actions import attachments
from workflows.actions.attachments import Upload
from workflows.core.errors import Problem
from workflows.core.tx import Tx
from workflows.forms.errors import Refused
from workflows.forms.model import Field, Form

Kept = Mapping[str, Sequence[int | Refused]]

_INDEX = re.compile(r"\[\d{1,4}\]")


def keep(tx: Tx, place: str | None, form: Form) -> None:
    """Keep what was uploaded into the form's file fields at ``place``; without one every upload is refused."""
    paths = set(_file_paths(form.fields, ""))
    kept: dict[str, list[int | Refused]] = {}
    for path, sent in request.files.items(multi=True):
        if sent.filename and _INDEX.sub("", path) in paths:
            upload = Upload(sent.filename, sent.stream)
            kept.setdefault(path, []).append(
                attachments.AGAIN if place is None else attachments.keep(tx, place, upload)
            )
    g.kept = kept


def sent_values(form: Form) -> dict[str, Any]:
    """The raw values the browser sent for the form, uploads as the numbers under which they were kept."""
    return raw_values(form, request.form, _kept())


def problems() -> dict[str, tuple[Problem, ...]]:
    """Which uploads of this request were not taken, by path: for a form that is drawn anew without being checked."""
    refused = {path: [each for each in kept if isinstance(each, Refused)] for path, kept in _kept().items()}
    return {path: (Problem(found[0].code, found[0].facts),) for path, found in refused.items() if found}


def _kept() -> Kept:
    found: Kept = g.get("kept", {})
    return found


def _file_paths(fields: Sequence[Field], prefix: str) -> Iterator[str]:
    for field in fields:
        path = f"{prefix}{field.key}"
        if field.kind == "file":
            yield path
        elif field.fields:
            yield from _file_paths(field.fields, f"{path}." if field.key else prefix)
