"""What changes is told in words: every property a diagram or a form can have, in German and in English."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from flask import Flask

from tests.prepared import BUNDLES
from webapp.wording.traits import OF_FORMS, SAID, TRAITS, trait_name, trait_value
from workflows.engine import bundle
from workflows.engine.comparison import UNTOLD, _components
from workflows.engine.dialect.model import Assignment, Element, Flow, Loop, Trigger
from workflows.forms.errors import FormError
from workflows.forms.schema import KINDS, parse
from workflows.forms.settings_read import READERS

HELD = {"components", "id"}
"""What holds other fields, or is no property that people see."""


class Asked(dict[str, Any]):
    """A part of a schema that notes which properties were looked for, here and further inside."""

    def __init__(self, seen: set[str], prefix: str = "", **held: Any) -> None:
        super().__init__(held)
        self.seen, self.prefix = seen, prefix

    def get(self, name: str, default: Any = None) -> Any:
        self.seen.add(f"{self.prefix}{name}")
        return super().get(name, default)


def of_forms(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every property that reading a form or showing it in the editor looks for."""
    seen: set[str] = set()
    for kind in KINDS:
        inside = {name: Asked(seen, f"{name}.") for name in ("validate", "conditional", "properties")}
        component = Asked(seen, type=kind, key="one", id="one", components=[], values=[{"value": "a"}], **inside)
        monkeypatch.setattr("workflows.forms.schema.opened", lambda _data, one=component: _form(one))
        try:
            parse(b"")
        except FormError as error:
            pytest.fail(f"{kind}: {error}")
        for read in READERS.values():
            read(component)
    return seen


def _form(component: Asked) -> dict[str, Any]:
    return {"id": "form", "components": [component]}


def of_diagrams() -> Iterator[str]:
    for each in fields(Element):
        inner = {"trigger": Trigger, "loop": Loop, "assignment": Assignment}.get(each.name)
        if inner is not None:
            assert is_dataclass(inner)
            yield from (f"{each.name}.{part.name}" for part in fields(inner))
        elif each.name not in UNTOLD:
            yield each.name
    yield from (each.name for each in fields(Flow) if each.name not in UNTOLD)


def test_every_property_a_form_can_have_has_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = of_forms(monkeypatch)
    assert {"validate.pattern", "properties.codeList", "conditional.hide", "valuesExpression"} <= asked
    groups = {"validate", "conditional", "properties", "appearance"}
    assert asked - HELD - groups - OF_FORMS.keys() == set()
    for folder in sorted(BUNDLES.iterdir()):
        held = bundle.read(folder)
        for path in (each for each in held.files if each.endswith(".form")):
            for component in _components(held, path).values():
                assert component.keys() - OF_FORMS.keys() == set(), path


def test_every_property_an_element_or_a_flow_can_have_has_words() -> None:
    assert set(of_diagrams()) - TRAITS.keys() == set()


def test_what_nobody_here_knows_is_named_as_such_and_values_are_words(app: Flask) -> None:
    with app.test_request_context():
        assert trait_name("sparkle", is_form=True) == "Weitere Eigenschaft „sparkle“"
        assert trait_value("subtype", "datetime") == "Datum und Uhrzeit"
        assert trait_value("properties.codeList", "topic") != "topic"
        assert all(trait_value(name, text) != text for name, texts in SAID.items() for text in texts)
