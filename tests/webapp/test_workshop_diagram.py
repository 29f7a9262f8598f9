"""What the diagram editor is given, what it asks for while somebody draws, and mending without JavaScript."""

import gzip
import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from tests.webapp.conftest import Browser, begin_draft
from webapp.workshop import editor_words, operator_words
from workflows.operators import OPERATORS

DIAGRAM = "referral.bpmn"
SOURCES = Path(__file__).parents[2] / "webapp" / "frontend" / "src"


@pytest.fixture
def draft(owner: Browser) -> str:
    """The address of a new draft of the referral process."""
    return begin_draft(owner, "referral")


def given(owner: Browser, draft: str) -> dict[str, Any]:
    """What the editor's page hands to its script."""
    found = re.search(r'id="editor-data">(.*?)</script>', owner.get(f"{draft}/diagram").text, re.DOTALL)
    assert found
    return cast(dict[str, Any], json.loads(found[1]))


def save(owner: Browser, draft: str, xml: str) -> dict[str, Any]:
    """As the editor saves; the answer of the server."""
    address = f"{draft}/files/{DIAGRAM}"
    headers = {"X-CSRFToken": owner.token()}
    answer = owner.client.put(address, base_url="https://lotse.example", data=xml.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    return cast(dict[str, Any], answer.get_json())


def test_the_editor_offers_what_the_house_has(owner: Browser, draft: str) -> None:
    choices = given(owner, draft)["choices"]
    assert "reply_question" in {form["key"] for form in choices["forms"]}
    assert {"key": "group:coordination", "name": "Koordination"} in choices["groups"]
    mail = next(each for each in choices["operators"] if each["key"] == "mail.send")
    texts = next(each for each in mail["parameters"] if each["key"] == "text")["choices"]
    assert mail["name"] == "Mail verschicken"
    assert "referral_reminder" in {text["name"] for text in texts}
    functions = {each["name"] for each in given(owner, draft)["functions"]}
    assert {"working days", "half way", "count"} <= functions


def test_the_building_blocks_begin_with_those_used_most(owner: Browser, draft: str) -> None:
    blocks = given(owner, draft)["blocks"]
    assert [each["key"] for each in blocks[:5]] == [
        "mail.send",
        "referral.offer",
        "letter.write",
        "reminder",
        "contact.log",
    ]
    assert {each["key"] for each in given(owner, draft)["choices"]["operators"]} < {each["key"] for each in blocks}


def test_only_this_page_allows_style_attributes_and_only_with_a_nonce(owner: Browser, draft: str) -> None:
    answer = owner.get(f"{draft}/diagram")
    nonce = re.search(r'data-nonce="([^"]+)"', answer.text)
    assert nonce
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'self' 'nonce-{nonce[1]}'" in policy
    assert "script-src 'self';" in policy
    assert nonce[1] not in owner.get(f"{draft}/diagram").text
    assert "style-src 'self';" in owner.get(draft).headers["Content-Security-Policy"]


def test_the_variables_known_at_a_step_come_with_who_sets_them(owner: Browser, draft: str) -> None:
    known = owner.get(f"{draft}/diagram/variables?element=which_answer").get_json()
    names = {each["name"]: each["from"] for each in known}
    assert names["answer"] == "Verweisung beantworten"
    assert "deadline" in names
    first = {each["name"] for each in owner.get(f"{draft}/diagram/variables?element=referral_started").get_json()}
    assert "question" in names
    assert "question" not in first


def test_a_mistake_is_mended_by_a_plain_form(owner: Browser, draft: str) -> None:
    xml = cast(str, given(owner, draft)["xml"])
    answer = save(owner, draft, xml.replace('formId="reply_question"', 'formId="reply_qestion"'))
    wrong = next(each for each in answer["findings"] if each["code"] == "unknown_form")
    assert wrong["mend"]
    assert "reply_qestion" in wrong["text"]
    fields = {name: wrong[name] for name in ("file", "element", "code")}
    assert owner.post(f"{draft}/mend", fields).status_code == 302
    assert "Behoben" in owner.get(draft).text
    assert 'formId="reply_question"' in given(owner, draft)["xml"]
    # Twice is no harm.
    assert owner.post(f"{draft}/mend", fields).status_code == 302
    assert "nichts mehr zu tun" in owner.get(draft).text


def test_every_text_of_the_script_comes_from_the_server() -> None:
    """A text that is written in a script only would stay German for everybody."""
    files = [*(SOURCES / "editor").glob("*.js*"), SOURCES / "js" / "editor.js"]
    used = {found for path in files for found in re.findall(r"\bt\('([^']+)'", path.read_text("utf-8"))}
    assert used - set(editor_words.ours()) == set()


def test_every_operator_and_parameter_has_a_label_that_is_translated() -> None:
    labels = {operator.label for operator in OPERATORS.values()}
    labels |= {each.label for operator in OPERATORS.values() for each in operator.parameters}
    assert labels - {"", *map(str, (label._args[0] for label in operator_words.LABELS))} == set()


def test_what_the_editor_loads_stays_within_600_kilobytes() -> None:
    dist = Path(__file__).parents[2] / "webapp" / "static" / "dist"
    for names in (("editor.js", "editor.css"), ("tables.js", "tables.css"), ("decisions.js", "decisions.css")):
        loaded = [dist / name for name in (*names, "lotse.css")]
        assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in loaded) <= 600_000, names
