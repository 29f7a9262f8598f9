"""Drawing and checking the forms of bundles with the office's code lists; the same for pages, API and command line."""

from collections.abc import Mapping
from typing import Any, Protocol

from workflows import forms
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.forms import Cleaned, Field, Form, Option
from workflows.operators import FUNCTIONS

Values = Mapping[str, Any]
Files = Mapping[int, str]
"""The uploads a form may name, by number, each with the name its sender gave it."""

NO_FILES: Files = {}


class Translator(Protocol):
    """What knows the words of a form in other languages: a bundle's definition, the house's own texts."""

    def translate(self, text: str, language: str) -> str:
        """A German source text in a language."""
        ...


def drawn(
    tx: Tx,
    texts: Translator,
    form: Form,
    values: Values,
    variables: Values,
    language: str,
    files: Files = NO_FILES,
) -> list[Field]:
    """The visible fields with values, options and texts in ``language``."""
    return forms.visible(
        form,
        values,
        variables,
        now=tx.now,
        codes=_options(tx, form, language),
        functions=FUNCTIONS,
        files=files,
        translate=lambda text: texts.translate(text, language),
    )


def untouched(tx: Tx, form: Form, variables: Values) -> dict[str, Any]:
    """What the form holds before anybody typed."""
    return forms.initial(form, variables, now=tx.now, functions=FUNCTIONS)


def cleaned(tx: Tx, form: Form, values: Values, variables: Values, files: Files = NO_FILES) -> Cleaned:
    """Typed values and the problems by path."""
    codes_of = _options(tx, form, "de")
    return forms.clean(form, values, variables, now=tx.now, codes=codes_of, functions=FUNCTIONS, files=files)


def checked(tx: Tx, form: Form, values: Values, variables: Values, files: Files = NO_FILES) -> dict[str, Any]:
    """The typed values; raises ``Invalid`` with the problems by path."""
    found = cleaned(tx, form, values, variables, files)
    if found.problems:
        raise Invalid(found.problems)
    return dict(found.values)


def _options(tx: Tx, form: Form, language: str) -> dict[str, list[Option]]:
    names = {field.code_list for field in form.walk() if field.code_list}
    return {name: codes.options(tx.session, name, language) for name in names}
