"""A deadline with a way of its own is put on a step from the list, by forms alone."""

from tests.webapp.conftest import Browser, begin_draft
from workflows.engine.dialect import parse


def test_a_reminder_is_put_on_a_step_by_forms_alone(owner: Browser) -> None:
    draft = begin_draft(owner, "referral")
    assert "Frist anfügen" in owner.get(f"{draft}/steps").text
    address = f"{draft}/steps/reply_question/deadline"
    for due in ("", "0", "bald", "9999"):
        answer = owner.post(address, {"name": "Nach einer Woche", "due": due})
        assert answer.status_code == 422
        assert 'value="Nach einer Woche"' in answer.text
    too_much = owner.post(address, {"name": "Ü" * 201, "due": "9" * 5_000})
    assert too_much.status_code == 422
    assert "Ü" * 201 in too_much.text
    assert "Bitte füllen Sie dieses Feld aus." in owner.post(address, {"name": " ", "due": "5"}).text
    asked = owner.post(address, {"name": "Nach einer Woche", "due": "5", "then": "stays"})
    assert asked.location.endswith("/steps/after/reply_question_deadline")
    assert "Was soll geschehen, wenn sie vorbei ist?" in owner.get(asked.location).text
    owner.post(asked.location, {"name": "Erinnern", "kind": "mail.send"})
    found = parse(owner.get(f"{draft}/files/referral.bpmn").data)
    (flow,) = found.elements["reply_question_deadline"].outgoing
    assert found.elements[found.flows[flow].target].operator == "mail.send"
    owner.post(f"{draft}/steps/reply_question_deadline", {"name": "Nach zwei Wochen", "due": "10"})
    page = owner.get(f"{draft}/steps").text
    assert "Nach zwei Wochen" in page
    assert "10 Arbeitstage" in page
    leaving = owner.get(f"{draft}/steps/reply_question_deadline/remove").text
    assert "Erinnern" in leaving
    owner.post(f"{draft}/steps/reply_question_deadline/remove", {"sure": "1"})
    assert "Nach zwei Wochen" not in owner.get(f"{draft}/steps").text


def test_a_step_that_works_by_itself_is_not_asked_for_a_deadline(owner: Browser) -> None:
    draft = begin_draft(owner, "referral")
    assert owner.get(f"{draft}/steps/record_reply/deadline").status_code == 404
