"""Nothing in a draft breaks the editors: what is strange is shown, or said to be unreadable."""

import json
from collections.abc import Callable

import pytest

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from workflows.actions import workshop

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FORMS = (
    b"",
    b"[]",
    b"\xff\xfe",
    b'{"components": {}}',
    b'{"id": 5, "components": [{"type": 5}, {"type": "group"}, {"type": "html", "content": 7}]}',
    json.dumps(
        {
            "id": "strange",
            "components": [
                {"type": "select", "key": "a", "label": ["x"], "values": "x", "validate": [], "conditional": "x"},
                {"type": "number", "key": "a", "id": "a/b?c#d", "label": "A", "validate": {"min": "=("}},
                {"type": "taglist", "key": "b", "label": "B", "properties": {"codeList": "nowhere"}},
                {"type": "textfield", "key": "c", "label": "<script>", "description": "{{(}}", "id": "../x"},
                {"type": "unknown", "id": "", "components": [{"type": "text", "text": None, "id": "a"}]},
            ],
        }
    ).encode(),
)
TABLES = (
    b"",
    b"<x/>",
    b"<!DOCTYPE x><definitions/>",
    (
        f'<definitions xmlns="{DMN}" namespace="n"><decision id="strange"><decisionTable/></decision></definitions>'
    ).encode(),
    f'<definitions xmlns="{DMN}" namespace="n"><decision id="strange" name="s"><decisionTable hitPolicy="NO">'
    f"<input/><output/><rule><inputEntry/><inputEntry/></rule><rule/></decisionTable></decision></definitions>".encode(),
    f'<definitions xmlns="{DMN}" namespace="n"><decision id="strange"><informationRequirement>'
    f'<requiredDecision href="#nowhere"/></informationRequirement><decisionTable><output name="x"/></decisionTable>'
    f"</decision></definitions>".encode(),
)


@pytest.mark.parametrize("number", range(len(FORMS)))
def test_no_file_breaks_an_editor(begin: Begin, signed_in: Callable[[str], Browser], number: int) -> None:
    owner = signed_in("process_owner")
    with begin() as tx:
        draft = workshop.begin(tx, "message").id
        changed = {"strange.form": FORMS[number], "strange.dmn": TABLES[number]}
        changed |= {"texts/strange.de.txt": FORMS[number] + b"{{ x", "translations/tr.json": FORMS[number]}
        workshop.save(tx, draft, changed)
    base = f"/workshop/drafts/{draft}"
    pages = ["forms", "forms/strange", "forms/strange/preview", "tables", "tables/strange", "tables/strange/grid"]
    pages += [
        "texts",
        "texts/strange?beside=tr",
        "translations",
        "translations/tr",
        "forms/strange/preview?all=1&in=ar",
    ]
    for page in pages:
        assert owner.get(f"{base}/{page}").status_code < 500, page
    for page in ("add", "arrange", "preview", "delete"):
        assert owner.post(f"{base}/forms/strange/{page}", {"label": "x", "component": "a"}).status_code < 500, page
    for field in ("a", "field", "field_2", "a%2Fb%3Fc%23d", "..%2Fx"):
        sent = {"label": "Neu", "key": "neu", "hide": "x", "kind": "select", "source": "own", "values": "a = b"}
        for answer in (
            owner.get(f"{base}/forms/strange/fields/{field}"),
            owner.post(f"{base}/forms/strange/fields/{field}", sent),
        ):
            assert answer.status_code < 500, field
    for page in ("", "/columns", "/try"):
        assert owner.post(f"{base}/tables/strange{page}", {"do": "add", "label": "x", "source": "x"}).status_code < 500
    assert owner.post(f"{base}/texts/strange", {"t.de": "x", "do": "preview"}).status_code < 500


def test_why_a_scenario_cannot_be_read_is_told_in_the_readers_language(
    begin: Begin, signed_in: Callable[[str], Browser]
) -> None:
    owner = signed_in("process_owner")
    with begin() as tx:
        draft = workshop.begin(tx, "message").id
        workshop.save(tx, draft, {"scenarios/probe.yaml": b"title: ["})
    page = owner.get(f"/workshop/drafts/{draft}/trials").text
    assert "Nicht lesbar: Zeile 1, Spalte 9 ist kein gültiges YAML." in page
    assert "Line 1, column 9 is no valid YAML." in owner.get(f"/workshop/drafts/{draft}/trials?lang=en").text
