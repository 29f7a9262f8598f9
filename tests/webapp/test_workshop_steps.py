"""The same process as a list: changed by forms alone, and the drawing has it, too."""

import re
from collections.abc import Callable

import pytest

from tests.webapp.conftest import ADDRESS, Browser, begin_draft
from workflows.engine.dialect import Element, parse

DIAGRAM = "referral.bpmn"


@pytest.fixture
def draft(owner: Browser) -> str:
    """The address of a new draft of the referral process."""
    return begin_draft(owner, "referral")


def elements(owner: Browser, draft: str) -> dict[str, Element]:
    """The elements as the engine reads them from the draft."""
    return dict(parse(owner.get(f"{draft}/files/{DIAGRAM}").data).elements)


def test_the_list_shows_who_which_form_and_until_when(owner: Browser, draft: str) -> None:
    page = owner.get(f"{draft}/steps").text
    for words in ("Rückfrage beantworten", "Koordinierungsstelle", "reply_question", "Wie antwortet die Stelle?"):
        assert words in page


def test_a_step_is_changed_by_a_form(owner: Browser, draft: str) -> None:
    sent = {"name": "Rückfrage klären", "group": "group:leadership", "form": "check_hand_on", "due": "4"}
    answer = owner.post(f"{draft}/steps/reply_question", sent)
    assert answer.status_code == 302
    assert answer.location.endswith("/steps#step-reply_question")
    step = elements(owner, draft)["reply_question"]
    assert (step.name, step.form_id, step.assignment.candidate_groups) == (
        "Rückfrage klären",
        "check_hand_on",
        "group:leadership",
    )
    assert step.assignment.due == "=working days(today(), 4)"


def test_a_formula_stays_what_it_is_when_nothing_else_is_said(owner: Browser, draft: str) -> None:
    before = elements(owner, draft)["answer_referral"].assignment
    sent = {"name": "Verweisung beantworten", "group": "", "form": "answer_referral", "due": ""}
    owner.post(f"{draft}/steps/answer_referral", sent)
    assert elements(owner, draft)["answer_referral"].assignment == before


@pytest.mark.parametrize("days", ["viele", "-1", "1.5", "9999"])
def test_a_due_date_that_is_no_number_of_days_keeps_what_was_typed(owner: Browser, draft: str, days: str) -> None:
    answer = owner.post(f"{draft}/steps/reply_question", {"name": "Getippt", "due": days})
    assert answer.status_code == 422
    assert 'value="Getippt"' in answer.text
    assert f'value="{days}"' in answer.text
    assert "zwischen 0 und 250" in answer.text


def test_a_step_is_added_after_another_and_asked_about_next(owner: Browser, draft: str) -> None:
    answer = owner.post(f"{draft}/steps/after/reply_question", {"name": "Antwort gegenlesen", "kind": "task"})
    assert answer.location.endswith("/steps/antwort_gegenlesen")
    found = elements(owner, draft)
    assert found["antwort_gegenlesen"].kind == "user_task"
    assert found["antwort_gegenlesen"].lane == "coordination"
    assert "Antwort gegenlesen" in owner.get(f"{draft}/steps").text


def test_where_several_ways_lead_on_one_is_asked_for(owner: Browser, draft: str) -> None:
    answer = owner.post(f"{draft}/steps/after/which_answer", {"name": "Prüfen", "kind": "task"})
    assert answer.status_code == 422
    assert "Auf welchem Weg?" in answer.text
    sent = {"name": "Prüfen", "kind": "mail.send", "way": "which_answer_to_ask_coordination"}
    assert owner.post(f"{draft}/steps/after/which_answer", sent).status_code == 302
    assert elements(owner, draft)["pruefen"].operator == "mail.send"


def test_steps_of_a_straight_sequence_change_places_and_go(owner: Browser, draft: str) -> None:
    listed = [key for key in elements(owner, draft) if key in {"record_reply", "send_reply"}]
    assert listed == ["record_reply", "send_reply"]
    before = elements(owner, draft)
    assert owner.post(f"{draft}/steps/record_reply/move", {"way": "down"}).status_code == 302
    after = elements(owner, draft)
    assert before["record_reply"].outgoing == after["send_reply"].outgoing
    assert owner.post(f"{draft}/steps/record_reply/remove").status_code == 302
    assert "record_reply" not in elements(owner, draft)
    # What cannot be seen in a list is left to the drawing.
    assert owner.post(f"{draft}/steps/which_answer/remove").status_code == 409


def test_a_finding_leads_to_its_step_and_is_mended_from_the_list(owner: Browser, draft: str) -> None:
    owner.post(f"{draft}/steps/reply_question", {"name": "", "group": "", "form": "reply_question", "due": "2"})
    page = owner.get(f"{draft}/steps").text
    assert f'href="{draft}/steps?unfold=reply_question#step-reply_question"' in page, "shown with its buttons"
    assert "Beheben" in page
    sent = {"file": DIAGRAM, "element": "reply_question", "code": "task_without_name", "back": "steps"}
    assert owner.post(f"{draft}/mend", sent).location.endswith("/steps")
    assert elements(owner, draft)["reply_question"].name == "Aufgabe"


def revision_on(page: str) -> str:
    """The revision the page's forms were made from."""
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("steps/reply_question", {"name": "Meine Worte", "group": "", "form": "reply_question", "due": "9"}),
        ("steps/after/reply_question", {"name": "Meine Worte", "kind": "mail.send"}),
        ("steps/record_reply/move", {"way": "down"}),
        ("steps/record_reply/remove", {}),
    ],
)
def test_what_somebody_else_saved_meanwhile_is_never_overwritten(
    owner: Browser, signed_in: Callable[[str], Browser], draft: str, address: str, sent: dict[str, object]
) -> None:
    page = address.rpartition("/")[0] if address.endswith(("move", "remove")) else address
    revision = revision_on(owner.get(f"{draft}/{page}").text)
    theirs = {"name": "Fremde Worte", "group": "", "form": "reply_question", "due": "3"}
    signed_in("process_owner").post(f"{draft}/steps/reply_question", theirs)
    before = owner.get(f"{draft}/files/{DIAGRAM}").data
    answer = owner.post(f"{draft}/{address}", {**sent, "revision": revision})
    assert answer.status_code == 409
    assert owner.get(f"{draft}/files/{DIAGRAM}").data == before
    assert "Jemand anderes war schneller" in answer.text
    assert "Fremde Worte" in answer.text
    for typed in sent.values():
        assert typed in ("", "down") or f'value="{typed}"' in answer.text
    # Whoever has seen it and says it again, gets it.
    assert owner.post(f"{draft}/{address}", {**sent, "revision": revision_on(answer.text)}).status_code == 302
    assert owner.get(f"{draft}/files/{DIAGRAM}").data != before


def test_a_step_that_is_gone_meanwhile_is_said_with_what_was_typed(owner: Browser, draft: str) -> None:
    page = owner.get(f"{draft}/steps/record_reply").text
    owner.post(f"{draft}/steps/record_reply/remove")
    sent = {"name": "Lange überlegt", "revision": revision_on(page)}
    answer = owner.post(f"{draft}/steps/record_reply", sent)
    assert answer.status_code == 409
    assert "Lange überlegt" in answer.text


def test_what_goes_with_a_step_is_named_before_it_goes(owner: Browser, draft: str) -> None:
    address = f"{draft}/steps/report_outcome/remove"
    assert f'href="{address}"' in owner.get(f"{draft}/steps").text
    before = elements(owner, draft)
    # Unasked nothing goes.
    assert owner.post(address).location == address
    assert elements(owner, draft) == before
    page = owner.get(address).text
    named = set(re.findall(r"<strong[^>]*>([^<]+)</strong>", page))
    owner.post(address, {"sure": "1", "revision": revision_on(page)})
    gone = set(before) - set(elements(owner, draft))
    assert {"report_outcome", "outcome_missing", "outcome_overdue"} <= gone
    assert {before[each].name or each for each in gone - {"report_outcome"}} == named


def test_the_list_is_one_line_a_step_and_the_moved_one_stays_open(owner: Browser, draft: str) -> None:
    page = owner.get(f"{draft}/steps").text
    assert page.count('class="walk__line"') == len(elements(owner, draft))
    assert "<details open>" not in page
    moved = owner.post(f"{draft}/steps/record_reply/move", {"way": "down"}).location
    page = owner.get(moved).text
    assert page.index("<details open>") > page.index('id="step-record_reply"')
    assert page.count("<details open>") == 1


def test_a_step_that_works_by_itself_is_filled_in_by_a_form(owner: Browser, draft: str) -> None:
    offered = owner.get(f"{draft}/steps/after/reply_question").text
    for words in (
        "Aufgabe für Menschen",
        "Mail verschicken",
        "Brief schreiben",
        "Register: Eintrag bei der Organisation",
    ):
        assert f">{words}<" in offered
    sent = {"name": "Eintragen", "kind": "contact.log"}
    made = str(owner.post(f"{draft}/steps/after/reply_question", sent).location)
    assert "Hier fehlt noch „Art des Kontakts“" in owner.get(f"{draft}/steps").text
    page = owner.get(made).text
    assert re.search(r'<option value="phone"[^>]*>Telefon<', page)
    needed, _, folded = page.partition("weitere Angaben, dürfen leer bleiben")
    assert 'name="in-kind"' in needed
    assert 'name="in-who"' in folded
    given = {"in-kind": "phone", "in-text": '="Rückruf"', "in-office_task": "referrals", "in-strange": "x"}
    owner.post(made, {"name": "Eintragen", **given, "in-office_task": "nothing"})
    assert "ist bei „Aufgabe der Koordinierungsstelle“ nicht möglich" in owner.get(f"{draft}/steps").text
    (task,) = re.findall(r'<option value="(\w+)"[^>]*>Verweisberatung<', owner.get(made).text)
    owner.post(made, {"name": "Eintragen", **given, "in-office_task": task, "in-who": "=contact.name"})
    found = {each.target: each.source for each in elements(owner, draft)["eintragen"].inputs}
    assert found == {"kind": "phone", "text": '="Rückruf"', "office_task": task, "who": "=contact.name"}
    assert "Keine Befunde am Ablauf" in owner.get(f"{draft}/steps").text
    filled = owner.get(made).text.partition("dürfen leer bleiben")[0]
    assert 'name="in-who"' in filled  # what holds something is not hidden
    long = owner.post(made, {"name": "Eintragen", **given, "in-office_task": task, "in-text": "x" * 2_001})
    assert long.status_code == 422
    assert "x" * 2_001 in long.text  # what was typed is not cut, and what was there stays
    assert {each.target: each.source for each in elements(owner, draft)["eintragen"].inputs} == found
    owner.post(made, {"name": "Eintragen", "in-kind": ""})
    assert "Hier fehlt noch „Art des Kontakts“" in owner.get(f"{draft}/steps").text


def test_two_at_different_steps_do_not_stand_in_each_others_way(
    owner: Browser, signed_in: Callable[[str], Browser], draft: str
) -> None:
    revision = revision_on(owner.get(f"{draft}/steps/reply_question").text)
    other = signed_in("process_owner")
    assert other.post(f"{draft}/steps/check_hand_on", {"name": "Genau prüfen"}).status_code == 302
    mine = owner.post(f"{draft}/steps/reply_question", {"name": "Frage klären", "revision": revision})
    assert mine.status_code == 302
    found = elements(owner, draft)
    assert (found["check_hand_on"].name, found["reply_question"].name) == ("Genau prüfen", "Frage klären")
    late = owner.post(f"{draft}/steps/check_hand_on", {"name": "Flüchtig prüfen", "revision": revision})
    assert late.status_code == 409
    assert "Flüchtig prüfen" in late.text
    assert "Genau prüfen" in late.text


def test_who_was_slower_in_the_list_reads_what_the_other_changed_there(
    owner: Browser, second: Browser, draft: str
) -> None:
    read = re.search(r'name="revision" value="(\d+)"', owner.get(f"{draft}/steps/reply_question").text)
    assert read is not None
    second.post(f"{draft}/steps/answer_referral", {"name": "Verweisung lesen"})
    second.post(f"{draft}/steps/reply_question", {"name": "Rückfrage klären", "due": "4"})
    late = owner.post(f"{draft}/steps/reply_question", {"name": "Von mir", "due": "3", "revision": read[1]})
    assert late.status_code == 409
    assert "geändert: „Rückfrage klären“ (Aufgabe): Name, Frist" in late.text
    assert "geändert: „Verweisung lesen“ (Aufgabe): Name" in late.text
    assert 'value="Von mir"' in late.text
    gone = owner.post(f"{draft}/steps/record_reply/move", {"way": "down", "revision": read[1]})
    assert (gone.status_code, "geändert: „Verweisung lesen“ (Aufgabe): Name" in gone.text) == (409, True)


def test_who_was_slower_at_the_drawing_reads_what_was_changed_in_the_list(
    owner: Browser, second: Browser, draft: str
) -> None:
    xml = owner.get(f"{draft}/files/{DIAGRAM}").data
    owner.post(f"{draft}/diagram/here?file={DIAGRAM}")
    for name in ("Rückfrage klären", "Rückfrage ganz klären"):
        second.post(f"{draft}/steps/reply_question", {"name": name})
    mine = xml.replace('name="Weiterreichen prüfen"'.encode(), b'name="Weitergeben?"')
    headers = {"X-Revision": "0", "X-CSRFToken": owner.token()}
    answer = owner.client.put(f"{draft}/files/{DIAGRAM}", data=mine, headers=headers, base_url=ADDRESS)
    assert answer.status_code == 409
    assert answer.json["mine"] == ["geändert: „Weitergeben?“ (Aufgabe): Name"]
    assert answer.json["theirs"] == ["geändert: „Rückfrage ganz klären“ (Aufgabe): Name"]


def test_each_change_of_the_list_is_taken_back_alone(owner: Browser, draft: str) -> None:
    for name in ("Rückfrage klären", "Rückfrage ganz klären"):
        owner.post(f"{draft}/steps/reply_question", {"name": name})
    owner.post(f"{draft}/undo")
    assert elements(owner, draft)["reply_question"].name == "Rückfrage klären"
