"""Ways nobody walked are told in words, also where the diagram gives an end no name."""

from pathlib import Path

from flask import Flask

from webapp.wording.trials import way_text
from workflows.actions.coverage import covered
from workflows.engine.dialect import parse

FORKED = Path("tests/bpmn/elements/exclusive_gateway.bpmn")


def test_ends_without_a_name_are_called_by_what_they_are(app: Flask) -> None:
    xml = FORKED.read_text()
    for nameless in ("start", "which", "met"):
        xml = xml.replace(f' name="Schritt {nameless}"', "")
    found = covered(parse(xml.encode()), {"f2_which_small"})
    with app.test_request_context():
        told = {way_text(way) for way in found.missing}
    assert found.taken == 1
    assert "Schritt small → Zusammenführung vor „Schritt end“" in told
    assert "Beginn vor „Schritt small“ → Verzweigung vor „Schritt small“" in told
    assert not any(key in way for way in told for key in ("met", "which"))
