"""The workshop's pages: a draft from beginning to end, with a second person, without losing anything."""

import html
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import cast

import orjson
import pytest
from sqlalchemy import delete

from tests.conftest import Begin
from tests.webapp import sample
from tests.webapp.conftest import Browser, begin_draft
from workflows.core.clock import SetClock
from workflows.engine import definitions
from workflows.engine.drafts import DraftFile

TEXT = "texts/referral_offer.de.txt"
DIAGRAM = "referral.bpmn"


@pytest.fixture
def draft(owner: Browser, begin: Begin) -> str:
    """The address of a new draft of the referral process; of its scenarios one is kept, to be quick."""
    address = begin_draft(owner, "referral")
    with begin() as tx:
        others = DraftFile.path.startswith("scenarios/") & (DraftFile.path != "scenarios/helps.yaml")
        tx.session.execute(delete(DraftFile).where(others))
    return address


def save(
    browser: Browser, draft: str, text: str, revision: int | None = None, path: str = TEXT
) -> tuple[int, dict[str, object]]:
    """As an editor in the browser saves: the answer's status and what it says."""
    headers = {"X-CSRFToken": browser.token(), **({} if revision is None else {"X-Revision": str(revision)})}
    answer = browser.client.put(
        f"{draft}/files/{path}", base_url="https://lotse.example", data=text.encode(), headers=headers
    )
    return answer.status_code, answer.get_json()


def test_every_process_is_listed_with_what_is_going_on(owner: Browser, draft: str) -> None:
    page = owner.get("/workshop").text
    for words in ("Fassung 1", "Entwurf 1", "Werkstatt"):
        assert words in page
    assert "Entwurf beginnen" in owner.get("/workshop/processes/referral").text


def test_an_editor_saves_and_hears_at_once_what_is_wrong(owner: Browser, draft: str) -> None:
    status, answer = save(owner, draft, "Betreff: Ohne Ende {{ nicht zu")
    assert status == 200
    found = cast(list[dict[str, str]], answer["findings"])
    assert {each["file"] for each in found if each["severity"] == "error"} == {TEXT}
    assert "Mit Fehlern kann ein Entwurf nicht veröffentlicht werden" in owner.get(draft).text
    status, healed = save(owner, draft, "Betreff: Heil\n\nText", cast(int, answer["revision"]))
    assert healed["findings"] == owner.get(f"{draft}/findings").get_json()
    assert TEXT not in {each["file"] for each in cast(list[dict[str, str]], healed["findings"])}


def test_two_editors_are_told_of_each_other_and_nothing_is_overwritten(
    owner: Browser, second: Browser, draft: str
) -> None:
    _, mine = save(owner, draft, "Betreff: meins\n\nText")
    read = cast(int, mine["revision"])
    status, theirs = save(second, draft, "Betreff: ihres\n\nText", read)
    assert (status, theirs["others"]) == (200, ["Person process_owner"])
    status, conflict = save(owner, draft, "Betreff: meins noch einmal\n\nText", read)
    assert (status, conflict["by"]) == (409, "Zweite")
    assert owner.get(f"{draft}/files/{TEXT}").data == b"Betreff: ihres\n\nText"


def test_who_was_slower_at_a_drawing_reads_what_each_of_the_two_changed(
    owner: Browser, second: Browser, draft: str
) -> None:
    xml = owner.get(f"{draft}/files/{DIAGRAM}").get_data(as_text=True)
    asked, checked = 'name="Rückfrage beantworten"', 'name="Weiterreichen prüfen"'
    assert asked in xml
    assert checked in xml
    _, begun = save(owner, draft, xml.replace(asked, 'name="Rückfrage lesen"'), path=DIAGRAM)
    mine = owner.get(f"{draft}/files/{DIAGRAM}").get_data(as_text=True)
    read = cast(int, begun["revision"])
    save(second, draft, mine.replace(checked, 'name="Weitergeben?"'), read, path=DIAGRAM)
    status, conflict = save(owner, draft, mine.replace("Rückfrage lesen", "Rückfrage klären"), read, path=DIAGRAM)
    assert status == 409
    assert conflict["mine"] == ["geändert: „Rückfrage klären“ (Aufgabe): Name"]
    assert conflict["theirs"] == ["geändert: „Weitergeben?“ (Aufgabe): Name"]


def test_what_the_other_changed_before_i_came_is_not_told_as_mine(
    owner: Browser, second: Browser, draft: str, clock: SetClock
) -> None:
    names = ("Rückfrage beantworten", "Weiterreichen prüfen", "Antwort an die Stelle schicken")
    xml, read = owner.get(f"{draft}/files/{DIAGRAM}").get_data(as_text=True), 0
    for name in names[:2]:
        xml = xml.replace(f'name="{name}"', f'name="{name} – neu"')
        _, told = save(owner, draft, xml, read, path=DIAGRAM)
        read = cast(int, told["revision"])
    seen, begun = xml, read
    clock.advance(timedelta(seconds=1))
    assert second.post(f"{draft}/diagram/here?file={DIAGRAM}").status_code == 200  # as the editor does when it opens
    clock.advance(timedelta(seconds=20))
    for before, after in (("neu", "anders"), ("anders", "ganz anders")):
        xml = xml.replace(f'name="{names[0]} – {before}"', f'name="{names[0]} – {after}"')
        _, told = save(owner, draft, xml, read, path=DIAGRAM)
        read = cast(int, told["revision"])
    late = seen.replace(f'name="{names[2]}"', 'name="Von der Zweiten"')
    status, conflict = save(second, draft, late, begun, path=DIAGRAM)
    assert status == 409
    assert conflict["mine"] == ["geändert: „Von der Zweiten“ (automatischer Schritt): Name"]
    assert conflict["theirs"] == [f"geändert: „{names[0]} – ganz anders“ (Aufgabe): Name"]
    # From a state that nobody is known to have seen it is not guessed who changed what.
    _, told = save(second, draft, late, begun + 1, path=DIAGRAM)
    assert "mine" not in told


def test_what_no_process_holds_is_refused_in_words(owner: Browser, draft: str) -> None:
    status, answer = save(owner, draft, "x", path="notes.md")
    assert status == 422
    assert "gehört nicht in einen Ablauf" in cast(str, answer["problem"])


def test_the_second_person_finds_what_waits_at_the_top_of_the_workshop(
    owner: Browser, second: Browser, draft: str
) -> None:
    assert "Wartet auf Freigabe" not in second.get("/workshop").text
    save(owner, draft, "Betreff: Neue Worte\n\nGuten Tag [[link]]")
    proposal = owner.post(f"{draft}/publish", {"comment": "Freundlicher"}).location
    page = second.get("/workshop").text
    assert f'href="{proposal}"' in page
    assert "Freundlicher" in page


def test_who_was_refused_reads_why_at_the_draft_until_it_is_asked_for_again(
    owner: Browser, second: Browser, draft: str
) -> None:
    save(owner, draft, "Betreff: Neue Worte\n\nGuten Tag [[link]]")
    proposal = owner.post(f"{draft}/publish", {"comment": "Freundlicher"}).location
    second.post(f"{proposal}/refuse", {"refusal": "Bitte den Namen kürzer."})
    page = owner.get(draft).text
    assert "Bitte den Namen kürzer." in page
    assert f'href="{proposal}"' in page
    owner.post(f"{draft}/publish", {"comment": "Kürzer"})
    assert "Bitte den Namen kürzer." not in owner.get(draft).text


def test_going_back_to_a_version_says_what_is_left_to_do(owner: Browser) -> None:
    begun = owner.post("/workshop/processes/referral/drafts", {"number": "1"})
    assert "Kopie von Fassung 1. Lassen Sie ihn veröffentlichen" in owner.get(begun.location).text


def test_a_changed_deadline_is_compared_in_working_days(owner: Browser, draft: str) -> None:
    owner.post(f"{draft}/steps/reply_question", {"name": "Rückfrage beantworten", "due": "4"})
    page = owner.get(f"{draft}/changes").text
    assert "<ins>4 Arbeitstage</ins>" in page
    assert "working days" not in page


def test_a_draft_is_published_by_two(owner: Browser, second: Browser, draft: str, begin: Begin) -> None:
    save(owner, draft, "Betreff: Neue Worte\n\nGuten Tag [[link]]")
    without_words = owner.post(f"{draft}/publish", {"comment": " "})
    assert without_words.status_code == 422
    assert "Bitte füllen Sie dieses Feld aus." in without_words.text
    asked = owner.post(f"{draft}/publish", {"comment": "Freundlicher"})
    proposal = cast(str, asked.location)
    assert owner.post(f"{draft}/publish", {"comment": "Freundlicher"}).location == proposal, "sent twice, asked once"
    page = owner.get(proposal).text
    assert "Freundlicher" in page
    assert "Freigeben darf nur" in page
    assert owner.post(f"{proposal}/approve").status_code == 403
    assert ">Freigeben<" in second.get(proposal).text
    assert second.post(f"{proposal}/approve", {"comment": "gut"}).status_code == 302
    with begin() as tx:
        assert "Neue Worte" in definitions.active(tx.session, "referral").text("referral_offer", "de")
    assert "In Kraft" in owner.get(proposal).text
    assert second.post(f"{proposal}/approve").status_code == 409


def test_a_refusal_needs_a_reason_and_opens_the_draft(owner: Browser, second: Browser, draft: str) -> None:
    save(owner, draft, "Betreff: Neue Worte\n\nGuten Tag [[link]]")
    proposal = cast(str, owner.post(f"{draft}/publish", {"comment": "Freundlicher"}).location)
    assert second.post(f"{proposal}/refuse", {"refusal": ""}).status_code == 422
    assert second.post(f"{proposal}/refuse", {"refusal": "Der Ton"}).status_code == 302
    assert "Der Ton" in owner.get(proposal).text
    assert save(owner, draft, "Betreff: Besser\n\nText")[0] == 200


def test_a_draft_with_errors_is_not_submitted_and_keeps_what_was_typed(owner: Browser, draft: str) -> None:
    save(owner, draft, "<kaputt", path="referral.bpmn")
    answer = owner.post(f"{draft}/publish", {"comment": "Mein langer Grund"})
    assert answer.status_code == 422
    assert "Mein langer Grund" in answer.text
    assert "Mit Fehlern kann ein Entwurf nicht veröffentlicht werden" in answer.text


def test_scenarios_that_fail_are_named_on_the_page_and_nothing_typed_is_lost(owner: Browser, draft: str) -> None:
    told = owner.get(f"{draft}/files/scenarios/helps.yaml").text.replace("ended: true", "ended: false")
    save(owner, draft, told, path="scenarios/helps.yaml")
    answer = owner.post(f"{draft}/publish", {"comment": "Mein langer Grund"})
    assert answer.status_code == 409
    assert "Mein langer Grund" in answer.text
    assert "(helps, Schritt 7 bei „MO hat geantwortet“)" in answer.text
    assert f"{draft}/trials?play=all" in answer.text


def test_a_day_that_is_none_or_over_is_not_taken_for_at_once(owner: Browser, draft: str) -> None:
    for day, said in (
        ("bald", "Bitte geben Sie ein Datum an"),
        ("31.02.2027", "Bitte geben Sie ein Datum an"),
        ("2020-01-01", "Bitte wählen Sie ein Datum, das noch kommt."),
        ("01.01.2020", "Bitte wählen Sie ein Datum, das noch kommt."),
        ("2099-01-01", "in den nächsten zwei Jahren"),
    ):
        answer = owner.post(f"{draft}/publish", {"comment": "Mein langer Grund", "on": day})
        assert (answer.status_code, said in answer.text, "Mein langer Grund" in answer.text) == (422, True, True)
        assert f'value="{day}"' in answer.text


def test_history_brings_states_back(owner: Browser, second: Browser, draft: str) -> None:
    before = owner.get(f"{draft}/files/{TEXT}").data
    save(owner, draft, "Betreff: eins\n\nText")
    save(second, draft, "Betreff: zwei\n\nText")
    owner.post(f"{draft}/undo")
    assert owner.get(f"{draft}/files/{TEXT}").data == b"Betreff: eins\n\nText"
    assert "Person process_owner" in owner.get(draft).text
    owner.post(f"{draft}/restore", {"revision": "0"})
    assert owner.get(f"{draft}/files/{TEXT}").data == before


def test_out_and_in_again_and_a_single_file(owner: Browser, draft: str) -> None:
    whole = begin_draft(owner, "referral")
    data = owner.get(f"{whole}/export").data
    taken = owner.post("/workshop/import", {"file": (io.BytesIO(data), "referral.zip")})
    assert taken.status_code == 302
    assert owner.get(f"{taken.location}/export").data == data
    single = owner.post(f"{draft}/upload", {"file": (io.BytesIO(b"Betreff: neu\n\nText"), "referral_offer.de.txt")})
    assert single.status_code == 302
    assert owner.get(f"{draft}/files/{TEXT}").data == b"Betreff: neu\n\nText"


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04", bytes(range(256)) * 40])
def test_nothing_uploaded_breaks_the_house(owner: Browser, draft: str, data: bytes) -> None:
    assert owner.post("/workshop/import", {"file": (io.BytesIO(data), "x.zip")}).status_code == 422
    for name in ("x.bpmn", "referral.bpmn", "rules.dmn", "neu.form", "../x", "x.exe", ""):
        answer = owner.post(f"{draft}/upload", {"file": (io.BytesIO(data), name)})
        assert answer.status_code == 302
        assert owner.get(draft).status_code == 200


LAST = "Das ist die letzte Fassung, die gilt"


def test_a_version_is_retired_with_a_second_person(owner: Browser, second: Browser, draft: str, begin: Begin) -> None:
    assert LAST in owner.get("/workshop/processes/message/versions/1/retire").text
    proposal = cast(str, owner.post("/workshop/processes/message/versions/1/retire", {"comment": "ungenutzt"}).location)
    assert LAST in second.get(proposal).text
    assert re.search("Außer Kraft setzen", second.get(proposal).text)
    second.post(f"{proposal}/approve")
    with begin() as tx:
        assert definitions.newest_active(tx.session, "message") is None


def test_a_trial_is_played_in_the_browser_as_each_role_and_kept(owner: Browser, draft: str, begin: Begin) -> None:
    listed = owner.get(f"{draft}/trials").text
    assert "Die Stelle hilft" in listed
    assert "alle gehen aus wie erzählt" in owner.get(f"{draft}/trials?play=all").text
    trial = cast(str, owner.post(f"{draft}/trials", {"like": "helps", "title": "Zusage und dann Stille"}).location)
    page = owner.get(trial).text
    assert "Als Anlaufstelle: " in page
    task = re.search(r'name="task" value="([^"]+)"', page)
    assert task
    for anew in (f"{trial}/fields", f"{trial}/complete"):  # with a script and without
        drawn = owner.post(anew, {"task": task[1], "answer": "accept", "_action": "refresh"})
        assert 'name="contact_person"' in drawn.text
    wrong = owner.post(f"{trial}/complete", {"task": task[1], "answer": "accept", "contact_person": "x" * 5000})
    assert wrong.status_code == 422
    assert "x" * 5000 in wrong.text
    done = owner.post(f"{trial}/complete", {"task": task[1], "answer": "accept", "contact_person": "Team"})
    assert done.status_code == 302
    assert "Anlaufstelle erledigt" in owner.get(trial).text
    assert owner.post(f"{trial}/time", {"days": "0"}).status_code == 302
    owner.post(f"{trial}/time", {"days": "3"})
    page = owner.get(trial).text
    assert "3 Arbeitstage vergehen" in page
    assert "Stand nach Schritt 1" in owner.get(f"{trial}?until=1").text
    owner.post(f"{trial}/undo")
    assert "Arbeitstage vergehen" not in owner.get(trial).text.partition("Bisher")[2]
    kept = owner.post(f"{trial}/keep", {"name": "stille"})
    assert cast(str, kept.location).endswith("/trials/stille")
    assert "stille" in owner.get(f"{draft}/trials").text


def test_what_changes_is_told_by_names_and_kinds(owner: Browser, draft: str) -> None:
    xml = owner.get(f"{draft}/files/{DIAGRAM}").get_data(as_text=True)
    asked = 'name="Wie antwortet die Stelle?" default="which_answer_to_ask_coordination"'
    assert asked in xml
    save(owner, draft, xml.replace(asked, 'name="" default="which_answer_to_accept_referral"'), path=DIAGRAM)
    form = owner.get(f"{draft}/files/check_hand_on.form").get_data(as_text=True)
    save(owner, draft, form.replace('"type": "radio"', '"type": "select"'), path="check_hand_on.form")
    page = owner.get(f"{draft}/changes").text.partition('id="diagram"')[2].partition("Szenarien</h2>")[0]
    said = html.unescape(re.sub(r"<[^>]*>", " ", page))
    assert "Verzweigung vor „" in said
    assert "Auswahl, alle Möglichkeiten sichtbar" in said
    assert "Auswahl aus einer Liste" in said
    assert not re.search(r"which_answer|\bradio\b|\bselect\b", said)


def test_groups_lanes_and_what_the_house_does_are_called_by_name_where_they_change(owner: Browser, draft: str) -> None:
    xml = owner.get(f"{draft}/files/{DIAGRAM}").get_data(as_text=True)
    assert 'type="mail.send"' in xml
    save(owner, draft, xml.replace('type="mail.send"', 'type="letter.write"', 1), path=DIAGRAM)
    owner.post(f"{draft}/steps/reply_question", {"group": "group:leadership"})
    form = orjson.loads(owner.get(f"{draft}/files/check_hand_on.form").data)
    form["components"][0] |= {"properties": {"codeList": "topic"}, "sparkle": True, "searchable": True}
    save(owner, draft, orjson.dumps(form).decode(), path="check_hand_on.form")
    page = owner.get(f"{draft}/changes").text.partition('id="diagram"')[2].partition("Szenarien</h2>")[0]
    said = html.unescape(re.sub(r"<[^>]*>", " ", page))
    for words in (
        "Leitung",
        "Mail verschicken",
        "Brief schreiben",
        "Weitere Eigenschaft „sparkle“",
        "Liste des Hauses",
    ):
        assert words in said
    assert not re.search(r"mail\.send|letter\.write|group:|codeList|searchable", said)


def test_a_scenario_that_fails_is_shown_where_it_fails(owner: Browser, draft: str) -> None:
    told = owner.get(f"{draft}/files/scenarios/helps.yaml").data.decode()
    expected = "{tasks: [nobody, report_outcome], status: new, ended: false}"
    save(owner, draft, f"{told}\n  - expect: {expected}\n", path="scenarios/wrong.yaml")
    page = owner.get(f"{draft}/trials?play=all").text
    assert "Erwartet waren diese offenen Aufgaben: nobody, Ergebnis melden" in page
    assert "Erwartet war der Stand „Neu“, es ist „In Bearbeitung“" in page
    assert "Der Ablauf sollte noch laufen, er ist aber zu Ende." in page
    assert "Schritt 8 bei „MO hat geantwortet“" in page
    assert not re.search(r"report_outcome|outcome_confirmed", re.sub(r"<[^>]*>", " ", page))
    assert "1 geht anders aus" in page
    page = owner.get(f"{draft}/trials?play=all&lang=en").text
    assert "Ergebnis melden" not in page
    assert "Report the outcome" in page
    owner.get(f"{draft}?lang=de")
    answer = owner.post(f"{draft}/publish", {"comment": "trotzdem"})
    assert answer.status_code == 409
    assert "wrong" in answer.text


def test_what_a_draft_changes_is_told_side_by_side(owner: Browser, draft: str) -> None:
    page = owner.get(f"{draft}/changes").text
    assert "scenarios/nobody_answers.yaml" in page  # the fixture has taken it out: the second person must see that
    assert "scenarios/helps.yaml" not in page
    diagram = owner.get(f"{draft}/files/referral.bpmn").data.decode()
    save(owner, draft, diagram.replace('name="Ergebnis melden"', 'name="Ergebnis nennen"'), path="referral.bpmn")
    save(owner, draft, "Betreff: Neu\n\nHallo", path=TEXT)
    page = owner.get(f"{draft}/changes").text
    for words in ("<del>Ergebnis melden</del>", "<ins>Ergebnis nennen</ins>", "<ins>Hallo</ins>", "Fassung 1"):
        assert words in page
    assert page.count("data-diagram=") == 2
    marks = [json.loads(html.unescape(found)) for found in re.findall(r'data-marks-now="([^"]*)"', page)]
    assert [mark["changed"] for mark in marks] == [["report_outcome"]] * 2
    assert "Kein Unterschied" in owner.get("/workshop/processes/referral/changes").text


STRANGE_STORIES = (
    "title: x\nstart: {day: 2026-99-99}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, enquiry: {choice: nowhere}}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, offices_without_address: [nowhere]}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, language: zz}\nsteps:\n  - {complete: nobody, by: nobody}",
)


@pytest.mark.parametrize("text", STRANGE_STORIES, ids=range(len(STRANGE_STORIES)))
def test_a_strange_scenario_is_said_to_be_strange_and_breaks_no_page(owner: Browser, draft: str, text: str) -> None:
    save(owner, draft, text, path="scenarios/strange.yaml")
    assert "strange" in owner.get(f"{draft}/trials").text
    for address in (f"{draft}/trials?play=all", f"{draft}/trials/strange", f"{draft}/publish"):
        assert owner.get(address).status_code < 500
    answer = owner.post(f"{draft}/publish", {"comment": "trotzdem"})
    assert answer.status_code in {400, 409}
    assert "strange" in answer.text


def test_a_message_of_a_trial_is_plain_values_or_refused_in_words(owner: Browser, draft: str) -> None:
    trial = cast(str, owner.post(f"{draft}/trials", {"like": "helps", "title": "Nachricht"}).location)
    for values in ("[", "- 1", "a: &a [*a]", "a: 2026-99-99", "1: 2", "a: !!python/name:os.system ''"):
        answer = owner.post(f"{trial}/message", {"message": "withdrawn~caritas", "values": values})
        assert answer.status_code in {302, 400}
    assert "Nachricht „" not in owner.get(trial).text


def test_a_process_without_scenarios_says_so_and_a_trial_of_it_begins_at_its_own_start(owner: Browser) -> None:
    sent = {"file": (io.BytesIO(sample.archive()), "sample.zip")}
    draft = cast(str, owner.post("/workshop/import", sent).location)
    assert "Noch kein Szenario" in owner.get(f"{draft}/trials").text
    played = owner.get(f"{draft}/trials?play=all").text
    assert "Es gibt noch kein Szenario" in played
    assert "wie erzählt" not in played
    assert "Noch kein Szenario prüft diesen Ablauf" in owner.get(f"{draft}/publish").text
    wrong = owner.post(f"{draft}/trials", {"like": "", "title": "Erste Probe", "values": "- 5"})
    assert (wrong.status_code, "je Zeile „name: wert“" in wrong.text) == (422, True)
    assert "Erste Probe" in wrong.text
    trial = cast(str, owner.post(f"{draft}/trials", {"like": "", "title": "Erste Probe", "values": "a: 5"}).location)
    assert "Als Koordination: Antworten" in owner.get(trial).text


def test_a_process_that_is_new_to_the_house_is_found_compared_and_published(
    owner: Browser, second: Browser, begin: Begin
) -> None:
    taken = owner.post("/workshop/import", {"file": (io.BytesIO(sample.archive()), "sample.zip")})
    draft = cast(str, taken.location)
    assert "/workshop/processes/sample" in owner.get("/workshop").text
    assert draft in owner.get("/workshop/processes/sample").text
    assert 'class="change change--added"' in owner.get(f"{draft}/changes").text
    assert owner.get("/workshop/processes/sample/changes").status_code == 404
    proposal = cast(str, owner.post(f"{draft}/publish", {"comment": "Ein neuer Ablauf"}).location)
    assert second.post(f"{proposal}/approve").status_code == 302
    with begin() as tx:
        assert definitions.active(tx.session, "sample").number == 1


BREAKING = (
    ("referral.bpmn", 'formId="reply_question"', 'formId="gone"'),
    ("answer_referral.form", '"textarea"', '"hologram"'),
    ("texts/referral_offer.de.txt", "{{", "{{nowhere.known}} {{"),
    ("translations/en.json", "{", "[", 1),
)
"""A file of each kind, what is taken from it and what stands there instead."""


def test_every_finding_leads_to_where_it_can_be_mended(owner: Browser, draft: str) -> None:
    for path, before, after, *times in BREAKING:
        text = owner.get(f"{draft}/files/{path}").text
        assert before in text, path
        assert save(owner, draft, text.replace(before, after, *times), path=path)[0] == 200
    page = owner.get(draft).text
    links = {html.unescape(url) for url in re.findall(r'href="([^"]*)" aria-label="Zeig mir', page)}
    rooms = {url.removeprefix(draft).split("/")[1].split("?")[0] for url in links}
    assert rooms >= {"diagram", "forms", "texts", "translations"}
    assert {url: owner.get(url).status_code for url in links} == dict.fromkeys(links, 200)


def test_hints_alone_are_no_alarm_and_name_languages_not_files(owner: Browser, draft: str) -> None:
    page = owner.get(draft).text
    assert "Keine Fehler" in page
    hints = page.partition('class="plain hints"')[2].partition("</ul>")[0]
    assert "Übersetzungen: English" in hints
    assert "en.json" not in hints


def test_a_diagram_of_another_tool_alone_becomes_a_process_called_like_its_file(owner: Browser) -> None:
    foreign = Path("tests/engine/foreign/approval.bpmn").read_bytes()
    sent = {"file": (io.BytesIO(b"\xef\xbb\xbf" + foreign), "Antrag prüfen.bpmn")}
    begun = owner.post("/workshop/import", sent)
    assert begun.status_code == 302
    page = owner.get(begun.location).text
    assert "Stellen wurden angepasst" in page
    assert '<li dir="auto">camunda:initiator: ' in page  # one point a line
    assert "antrag_pruefen.bpmn" in page
    broken = owner.post("/workshop/import", {"file": (io.BytesIO(b"\x89PNG"), "Bild.bpmn")})
    assert broken.status_code == 422
    assert "keine lesbare Zip-Datei und kein Diagramm" in broken.text
