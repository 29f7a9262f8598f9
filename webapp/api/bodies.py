"""What programs send: strict content type, bounded size, known members, values of the expression language."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import abort, request

from workflows.core import typed_json
from workflows.core.errors import Invalid, LotseError, Problem

LARGEST = 1024 * 1024
#: What columns of the database hold; all numbers of the API are ids, counts and ranks.
LARGEST_NUMBER = 2**31 - 1


def read_json(required: Mapping[str, type], optional: Mapping[str, type] | None = None) -> dict[str, Any]:
    """The members of the sent object; objects among them are decoded to values of the expression language.

    415 for another content type, 413 above 1 MB, 400 for what is no JSON object, ``Invalid`` for missing, unknown or
    unusable members.
    """
    if request.mimetype != "application/json":
        abort(415)
    data = request.get_data()
    if len(data) > LARGEST:
        abort(413)
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise LotseError("body_not_json") from None
    if not isinstance(body, dict):
        raise LotseError("body_not_object")
    known = {**required, **(optional or {})}
    problems = _problems(body, required, known)
    if problems:
        raise Invalid(problems)
    return {name: _decoded(name, value) for name, value in body.items()}


def read_nothing() -> None:
    """An operation without arguments needs no body; one that is sent must be an empty JSON object all the same."""
    if request.content_length or request.get_data():
        read_json({})


def _problems(
    body: Mapping[str, Any], required: Mapping[str, type], known: Mapping[str, type]
) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, tuple[Problem, ...]] = {name: (Problem("required"),) for name in required if name not in body}
    for name, value in body.items():
        if name not in known:
            found[name] = (Problem("unknown_field"),)
        elif not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not bool):
            found[name] = (Problem("wrong_type", {"expected": known[name].__name__}),)
        elif isinstance(value, int) and known[name] is int and not 0 <= value <= LARGEST_NUMBER:
            found[name] = (Problem("out_of_range", {"min": 0, "max": LARGEST_NUMBER}),)
    return found


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    try:
        decoded = {key: typed_json.from_plain(item) for key, item in value.items()}
        typed_json.dumps(decoded)
    except (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError):
        raise Invalid({name: (Problem("not_a_value"),)}) from None
    return decoded


def read_zip() -> bytes:
    """The sent archive; 415 for another content type."""
    if request.mimetype not in {"application/zip", "application/octet-stream"}:
        abort(415)
    return request.get_data()
