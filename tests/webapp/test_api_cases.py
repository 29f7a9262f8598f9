"""Notes and contacts of a case by the API: as in the pages, once per key, for those who may see the case."""

from collections.abc import Callable

import pytest

from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from tests.webapp.test_api import Program, programs
from workflows.core import audit

__all__ = ["programs"]

CALL = {
    "kind": "phone",
    "held_on": "2026-03-02",
    "who": "Vorstand",
    "text": "Braucht den Raum erst im Mai.",
    "office_task": "exchange_city",
}

Programs = Callable[[str], Program]


def test_notes_are_kept_listed_and_kept_once_per_key(programs: Programs, enquiry: Enquired, begin: Begin) -> None:
    mine, path = programs("coordinator"), f"/cases/{enquiry.case_id}/notes"
    first = mine.post(path, {"text": " Rückruf am Montag ", "unique_key": "a"}, 201)
    assert mine.post(path, {"text": "Rückruf am Montag", "unique_key": "a"}, 201) == first
    shared = mine.post(path, {"text": "Der Raum ist frei.", "is_shared": True}, 201)
    assert (first["text"], first["is_shared"], shared["is_shared"]) == ("Rückruf am Montag", False, True)
    assert mine.get(path)["items"] == [first, shared]
    with begin() as tx:
        told = audit.entries(tx.session, f"case:{enquiry.case_id}", events=["note.added", "note.shared"])
    assert len(told) == 2


def test_contacts_are_kept_listed_and_kept_once_per_key(programs: Programs, enquiry: Enquired) -> None:
    mine, path = programs("coordinator"), f"/cases/{enquiry.case_id}/contacts"
    sent = {**CALL, "follow_up_on": "2026-03-05", "unique_key": "a"}
    first = mine.post(path, sent, 201)
    assert mine.post(path, sent, 201) == first
    assert mine.post(path, CALL, 201)["id"] != first["id"]
    assert [each["who"] for each in mine.get(path)["items"]] == ["Vorstand", "Vorstand"]
    assert (first["follow_up_on"], first["case_id"]) == ("2026-03-05", enquiry.case_id)


def test_somebody_elses_key_is_a_key_of_its_own(programs: Programs, enquiry: Enquired) -> None:
    path = f"/cases/{enquiry.case_id}/notes"
    mine = programs("coordinator")
    mine.post(path, {"text": "von hier", "unique_key": "a"}, 201)
    assert mine.call("POST", path, {"text": "x", "unique_key": "a" * 201}).status_code == 422
    programs("leadership").post(path, {"text": "von oben", "unique_key": "a"}, 201)
    assert [each["text"] for each in mine.get(path)["items"]] == ["von hier", "von oben"]


@pytest.mark.parametrize("kind", ["notes", "contacts"])
def test_for_others_the_case_is_absent_and_odd_bodies_are_refused(
    programs: Programs, enquiry: Enquired, kind: str
) -> None:
    path = f"/cases/{enquiry.case_id}/{kind}"
    for role in ("office", "process_owner", "reviewer"):
        assert programs(role).call("GET", path).status_code == 404
    mine = programs("coordinator")
    for number in (4711, 2**31, 10**12, "9" * 5000):
        assert mine.call("GET", f"/cases/{number}/{kind}").status_code == 404
        assert (
            mine.call("POST", f"/cases/{number}/{kind}", {"text": "x"} if kind == "notes" else CALL).status_code == 404
        )
    for body in ({}, {**CALL, "is_shared": "ja"}, {**CALL, "held_on": "gestern", "is_shared": 1}, {"text": " "}):
        assert mine.call("POST", path, body).status_code == 422
    assert mine.get(path)["items"] == []


def test_the_pages_forms_sent_twice_are_kept_once_too(
    signed_in: Callable[[str], Browser], programs: Programs, enquiry: Enquired
) -> None:
    browser, case = signed_in("coordinator"), f"/cases/{enquiry.case_id}"
    assert 'name="unique_key" value="' in browser.get(case).text
    assert 'name="unique_key" value="' in browser.get(f"/contacts/new?case={enquiry.case_id}").text
    for _ in range(2):
        browser.post(f"{case}/notes", {"text": "einmal", "unique_key": "x"})
        browser.post("/contacts/new", {**CALL, "case": enquiry.case_id, "unique_key": "x"})
    mine = programs("coordinator")
    assert len(mine.get(f"{case}/notes")["items"]) == len(mine.get(f"{case}/contacts")["items"]) == 1
