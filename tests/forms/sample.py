"""Forms for the tests, and one way to clean with everything around fixed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workflows import forms
from workflows.forms import Cleaned, Form, Option

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CODES = {"topic": [Option("rooms", "Räume"), Option("funding", "Fördermittel")]}


def form(*components: Mapping[str, Any]) -> Form:
    """A form of these components."""
    return forms.parse(json.dumps({"id": "sample", "components": components}).encode())


def clean(
    the_form: Form, values: Any, variables: Mapping[str, Any] | None = None, files: Mapping[int, str] | None = None
) -> Cleaned:
    """Clean on a Sunday in November 2026."""
    return forms.clean(the_form, values, variables or {}, now=NOW, codes=CODES, files=files or {})


def one(component: Mapping[str, Any], raw: Any, variables: Mapping[str, Any] | None = None) -> Any:
    """The value of a single field ``x``, or the codes of its problems."""
    cleaned = clean(form({"key": "x", **component}), {"x": raw}, variables)
    return {problem.code for problem in cleaned.problems["x"]} if cleaned.problems else cleaned.values["x"]
