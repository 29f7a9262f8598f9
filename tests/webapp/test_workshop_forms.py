"""The form editor as a process owner meets it: fields, conditions, translations, previews; without any script."""

import json
import re
from typing import Any

import pytest

from tests.webapp.conftest import ADDRESS, Browser, begin_draft
from workflows import forms
from workflows.operators import FUNCTIONS

ENQUIRY = "enquiry"


@pytest.fixture
def draft(owner: Browser) -> str:
    """The address of a new draft of the enquiry process."""
    return begin_draft(owner, "enquiry")


def file_of(owner: Browser, draft: str, path: str) -> Any:
    """A JSON file of the draft as it is now."""
    answer = owner.get(f"{draft}/files/{path}")
    return json.loads(answer.data) if answer.status_code == 200 else None


def revision_on(page: str) -> str:
    """The revision a page's form was made from."""
    found = re.search(r'name="revision" value="(\d*)"', page)
    assert found
    return found[1]


def field_page(owner: Browser, draft: str, field: str, form: str = "enquiry") -> tuple[str, dict[str, object]]:
    """The address of a field and everything its form would send."""
    address = f"{draft}/forms/{form}/fields/{field}"
    page = owner.get(address).text
    sent: dict[str, object] = {}
    for name, value in re.findall(
        r'<input class="kern-form-input__input[^>]* name="(\w+)" type="\w+" value="([^"]*)"', page
    ):
        sent[name] = value.replace("&#34;", '"').replace("&gt;", ">").replace("&lt;", "<")
    for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL):
        sent[name] = text.replace("&#34;", '"')
    for name in re.findall(r'type="checkbox" id="(\w+)" name="\1" value="true" checked', page):
        sent[name] = "true"
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        if chosen and name not in {"in", "width"}:
            sent[name] = chosen[1]
    sent.pop("all", None)
    return address, {**sent, "revision": revision_on(page)}


def component(schema: Any, key: str) -> Any:
    """The component of a key, wherever it lies."""
    for each in schema["components"]:
        if each.get("key") == key:
            return each
        if "components" in each and (found := component(each, key)):
            return found
    return None


def test_every_form_is_listed_with_its_steps_and_languages(owner: Browser, draft: str) -> None:
    page = owner.get(f"{draft}/forms").text
    for words in ("triage", "Anfrage sichten", "Stellen auswählen", "Vollständig: English"):
        assert words in page
    assert f'href="{draft}/forms"' in owner.get(draft).text


def test_a_new_form_gets_fields_in_order_and_runs(owner: Browser, draft: str) -> None:
    answer = owner.post(f"{draft}/forms", {"title": "Rückmeldung zum Kurs"})
    assert answer.location == f"{draft}/forms/rueckmeldung_zum_kurs"
    address = answer.location
    for kind, label in (("textfield", "Wer?"), ("radio", "War es gut?"), ("separator", "Linie"), ("file", "Foto")):
        assert owner.post(f"{address}/add", {"kind": kind, "label": label}).status_code == 302
    schema = file_of(owner, draft, "rueckmeldung_zum_kurs.form")
    ids = [each["id"] for each in schema["components"]]
    assert [each["type"] for each in schema["components"]] == ["group", "textfield", "radio", "separator", "filepicker"]
    owner.post(f"{address}/arrange", {"component": ids[4], "do": "up"})
    owner.post(f"{address}/arrange", {"component": ids[1], "do": "into", "container": ids[0]})
    owner.post(f"{address}/arrange", {"component": ids[3], "do": "remove"})
    schema = file_of(owner, draft, "rueckmeldung_zum_kurs.form")
    assert [each["id"] for each in schema["components"]] == [ids[0], ids[2], ids[4]]
    form = forms.parse(json.dumps(schema).encode(), FUNCTIONS)
    assert [field.key for field in form.walk()] == ["", "wer", "war_es_gut", "foto"]
    owner.post(f"{address}/delete")
    assert file_of(owner, draft, "rueckmeldung_zum_kurs.form") is None


def test_a_field_is_changed_and_everything_else_stays(owner: Browser, draft: str) -> None:
    before = file_of(owner, draft, "triage.form")
    address, sent = field_page(owner, draft, "field_summary", "triage")
    assert owner.post(address, sent).status_code == 302
    assert file_of(owner, draft, "triage.form") == before
    changed = {**sent, "label": "Worum geht es?", "max_length": "200", "hide": 'decision = "decline"'}
    assert owner.post(address, changed).status_code == 302
    after = file_of(owner, draft, "triage.form")
    summary = component(after, "summary")
    assert (summary["label"], summary["validate"]) == ("Worum geht es?", {"maxLength": 200, "required": True})
    assert summary["conditional"] == {"hide": '=decision = "decline"'}
    component(before, "summary").clear()
    summary.clear()
    assert after == before


def test_a_wrong_condition_is_said_in_plain_german_and_nothing_is_lost(owner: Browser, draft: str) -> None:
    address, sent = field_page(owner, draft, "field_summary", "triage")
    answer = owner.post(address, {**sent, "label": "Neu", "hide": "decision = "})
    assert answer.status_code == 422
    assert "kein gültiges FEEL" in answer.text
    assert 'value="Neu"' in answer.text
    assert component(file_of(owner, draft, "triage.form"), "summary")["label"] != "Neu"
    live = owner.post(f"{draft}/forms/expression", {"expression": "decision = "})
    assert "fehlt" in live.get_json()["problem"]
    assert owner.post(f"{draft}/forms/expression", {"expression": 'decision = "x"'}).get_json() == {"problem": ""}


def test_a_mistyped_name_in_a_condition_is_found_at_its_field(owner: Browser, draft: str) -> None:
    address, sent = field_page(owner, draft, "field_summary", "triage")
    assert "needs_translation" in str(sent["hide"])
    owner.post(address, {**sent, "hide": "needs_translatoin"})
    for page in (owner.get(f"{draft}/forms/triage").text, owner.get(address).text):
        assert "Meinten Sie „needs_translation“?" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"label": ""}, "Bitte füllen Sie dieses Feld aus."),
        ({"key": "decision"}, "Den Schlüssel gibt es zweimal."),
        ({"max_length": "viele"}, "Bitte geben Sie eine Zahl an."),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_setting(
    owner: Browser, draft: str, typed: dict[str, str], words: str
) -> None:
    address, sent = field_page(owner, draft, "field_summary", "triage")
    answer = owner.post(address, {**sent, **typed})
    assert answer.status_code == 422
    assert words in answer.text


def test_a_script_saves_while_somebody_types(owner: Browser, draft: str) -> None:
    address, sent = field_page(owner, draft, "field_summary", "triage")
    script = {"X-Fragment": "1"}
    first = owner.post(address, {**sent, "label": "Eins"}, headers=script).get_json()
    second = owner.post(address, {**sent, "label": "Zwei", "revision": first["revision"]}, headers=script)
    assert second.status_code == 200
    wrong = owner.post(address, {**sent, "label": "", "revision": second.get_json()["revision"]}, headers=script)
    assert wrong.get_json() == {"problems": {"label": ["Bitte füllen Sie dieses Feld aus."]}}
    assert component(file_of(owner, draft, "triage.form"), "summary")["label"] == "Zwei"


def test_whoever_was_slower_sees_it_and_keeps_what_was_typed(owner: Browser, draft: str) -> None:
    address, sent = field_page(owner, draft, "field_summary", "triage")
    owner.post(address, {**sent, "label": "Zuerst"})
    answer = owner.post(address, {**sent, "label": "Danach"})
    assert answer.status_code == 409
    assert "Jemand anderes war schneller" in answer.text
    assert 'value="Danach"' in answer.text
    again = {**sent, "label": "Danach", "revision": revision_on(answer.text)}
    assert owner.post(address, again).status_code == 302
    assert component(file_of(owner, draft, "triage.form"), "summary")["label"] == "Danach"


def test_a_translation_follows_a_changed_german_text_and_waits_for_review(owner: Browser, draft: str) -> None:
    address, sent = field_page(owner, draft, "field_contact_name")
    old = str(sent["label"])
    before = file_of(owner, draft, "translations/ar.json")[old]["text"]
    owner.post(address, {**sent, "label": "Wie heißen Sie?"})
    table = file_of(owner, draft, "translations/ar.json")
    assert table["Wie heißen Sie?"] == {"text": before, "reviewed": False}


def test_translations_stand_side_by_side_and_missing_ones_are_marked(owner: Browser, draft: str) -> None:
    owner.post(f"{draft}/forms/enquiry/add", {"kind": "textfield", "label": "Ihre Lieblingsfarbe"})
    assert "1 Text fehlt" in owner.get(f"{draft}/forms/enquiry").text
    page = owner.get(f"{draft}/translations/ar?form=enquiry").text
    found = re.search(r'Ihre Lieblingsfarbe</p>.*?<textarea[^>]* name="t-(\w+)"', page, re.DOTALL)
    assert found
    assert "– fehlt" in page
    typed = {f"t-{found[1]}": "لونك المفضل", f"r-{found[1]}": "true", "revision": revision_on(page)}
    assert owner.post(f"{draft}/translations/ar?form=enquiry", typed).status_code == 302
    table = file_of(owner, draft, "translations/ar.json")
    assert table["Ihre Lieblingsfarbe"] == {"text": "لونك المفضل", "reviewed": True}
    assert "– fehlt" not in owner.get(f"{draft}/translations/ar?form=enquiry").text
    stale = owner.post(f"{draft}/translations/ar?form=enquiry", {**typed, f"t-{found[1]}": "x"})
    assert stale.status_code == 409
    assert ">\nx</textarea>" in stale.text


def test_the_preview_speaks_the_language_and_its_conditions_work(owner: Browser, draft: str) -> None:
    address = f"{draft}/forms/enquiry/preview?in=ar"
    page = owner.get(address)
    assert '<html lang="ar" dir="rtl"' in page.text
    assert "lotse.rtl.css" in page.text
    assert "قاعات" in page.text  # from the code list
    assert 'name="room_people"' not in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    script = {"X-Fragment": "1"}
    assert 'name="room_people"' in owner.post(address, {"choice": "rooms"}, headers=script).text
    assert 'name="room_people"' in owner.get(f"{address}&all=1").text
    told = owner.post(address, {"choice": "rooms"}).text
    assert 'aria-invalid="true"' in told
    assert owner.get(f"{draft}/forms/enquiry/preview?in=xx").status_code == 404


def test_a_preview_shows_invented_values_and_nothing_of_a_case(owner: Browser, draft: str, enquiry: object) -> None:
    page = owner.get(f"{draft}/forms/triage/preview").text
    assert "Beispiel" in page
    assert "Elternabend" not in page


def test_a_form_that_cannot_be_read_stays_mendable(owner: Browser, draft: str) -> None:
    broken = {"id": "triage", "components": [{"type": "textfield", "key": "a b", "label": "A", "id": "x"}]}
    headers = {"X-CSRFToken": owner.token()}
    owner.client.put(f"{draft}/files/triage.form", base_url=ADDRESS, data=json.dumps(broken), headers=headers)
    page = owner.get(f"{draft}/forms/triage").text
    assert "ist kein Schlüssel" in page
    assert "lässt sich noch nicht zeigen" in owner.get(f"{draft}/forms/triage/preview").text
    address, sent = field_page(owner, draft, "x", "triage")
    assert owner.post(address, {**sent, "key": "a_b"}).status_code == 302
    assert "ist kein Schlüssel" not in owner.get(f"{draft}/forms/triage").text
    owner.client.put(f"{draft}/files/triage.form", base_url=ADDRESS, data=b"{", headers=headers)
    assert "kein gültiges JSON" in owner.get(f"{draft}/forms").text
