"""A draft that is submitted, published or dropped: shown with the reason and the way back, changed by nobody."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Begin, Database
from tests.webapp.conftest import Browser, begin_draft
from tests.webapp.test_workshop_forms import field_page
from workflows.engine import drafts
from workflows.engine.drafts import Draft

WRITES_NOTHING = {
    "workshop_diagram.here",
    "workshop_fields.expression",
    "workshop_formulas.check",
    "workshop_formulas.try_out",
    "workshop_previews.try_out",
    "workshop_tables.try_out",
    "workshop_trials.fields",
    "workshop_publishing.withdraw_draft",
}
"""What may be sent about a closed draft: signs of life, trying, previews, and the way back."""
CLOSED = ("Er wird nicht mehr geändert", "draft_closed")
ROOT = "/workshop/drafts/<int:draft_id>"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Nothing here depends on the database."""
    return sqlite_database


def close(begin: Begin, draft: str, status: str = "submitted") -> None:
    """Close a draft without asking anybody."""
    with begin() as tx:
        tx.session.get_one(Draft, int(draft.rpartition("/")[2])).status = status


def content(begin: Begin, draft: str) -> Any:
    """Everything a draft holds."""
    with begin() as tx:
        found = tx.session.get_one(Draft, int(draft.rpartition("/")[2]))
        return found.status, found.revision, found.base_version_id, drafts.files(tx.session, found.id)


def sent(owner: Browser, draft: str) -> dict[str, tuple[str, Any]]:
    """By endpoint, an address and what would change something in an open draft."""
    (component, *_) = re.findall(r'name="component" value="(\w+)"', owner.get(f"{draft}/forms/triage").text)
    (like, *_) = re.findall(r'<option value="(\w+)"', owner.get(f"{draft}/trials").text)
    trial = owner.post(f"{draft}/trials", {"like": like, "title": "Probe"}).location
    owner.post(f"{trial}/time", {"days": "1"})
    owner.post(f"{draft}/steps/triage", {"name": ""})  # a finding that can be mended
    (mark, *_) = re.findall(r'name="(t-\w+)"', owner.get(f"{draft}/translations/en").text)
    field, typed = field_page(owner, draft, "field_summary", "triage")
    formula = owner.post(f"{draft}/formulas", {"name": "Zuschuss"}).location
    finding = {"file": "enquiry.bpmn", "element": "triage", "code": "task_without_name"}
    return {
        "workshop.save_file": (f"{draft}/files/texts/neu.de.txt", {"any": "thing"}),
        "workshop_diagram.mend": (f"{draft}/mend", finding),
        "workshop_steps.change": (f"{draft}/steps/triage", {"name": "Neu"}),
        "workshop_steps.move": (f"{draft}/steps/triage/move", {}),
        "workshop_steps.remove": (f"{draft}/steps/triage/remove", {"sure": "1"}),
        "workshop_deadlines.put_on": (f"{draft}/steps/triage/deadline", {"name": "Neu", "due": "5"}),
        "workshop_steps.add": (f"{draft}/steps/after/triage", {"name": "Neu"}),
        "workshop_drafts.upload": (f"{draft}/upload", {"file": (BytesIO(b"Neu"), "receipt.de.txt")}),
        "workshop_drafts.undo": (f"{draft}/undo", {}),
        "workshop_drafts.restore": (f"{draft}/restore", {"revision": "0"}),
        "workshop_drafts.drop": (f"{draft}/drop", {}),
        "workshop_drafts.catch_up": (f"{draft}/catch-up", {}),
        "workshop_forms.create": (f"{draft}/forms", {"title": "Neu"}),
        "workshop_forms.add": (f"{draft}/forms/triage/add", {"label": "Neu"}),
        "workshop_forms.arrange": (f"{draft}/forms/triage/arrange", {"component": component, "do": "down"}),
        "workshop_forms.delete": (f"{draft}/forms/triage/delete", {}),
        "workshop_fields.save": (field, {**typed, "label": "Neu"}),
        "workshop_tables.create": (f"{draft}/tables", {"name": "Neu", "source": "choice", "result": "office"}),
        "workshop_tables.save": (f"{draft}/tables/proposed_way", {"do": "add"}),
        "workshop_tables.columns": (f"{draft}/tables/proposed_way/columns", {"label": "Neu", "source": "topics"}),
        "workshop_formulas.create": (f"{draft}/formulas", {"name": "Neu"}),
        "workshop_formulas.save": (formula, {"text": "1"}),
        "workshop_graphs.add": (f"{draft}/graphs/proposed_way.dmn", {"name": "Neu"}),
        "workshop_graphs.change": (f"{draft}/graphs/proposed_way.dmn/proposed_way", {"name": "Neu", "title": "Neu"}),
        "workshop_texts.create": (f"{draft}/texts", {"title": "Neu"}),
        "workshop_texts.save": (f"{draft}/texts/receipt", {"t.de": "Betreff: Neu\n\nNeu"}),
        "workshop_translations.save": (f"{draft}/translations/en", {mark: "new"}),
        "workshop_publishing.submit": (f"{draft}/publish", {"comment": "Bitte"}),
        "workshop_trials.begin": (f"{draft}/trials", {"like": like, "title": "Noch eine"}),
        "workshop_trials.complete": (f"{trial}/complete", {}),
        "workshop_trials.wait": (f"{trial}/time", {"days": "1"}),
        "workshop_trials.message": (f"{trial}/message", {"message": "case_confirmed"}),
        "workshop_trials.undo": (f"{trial}/undo", {}),
        "workshop_trials.keep": (f"{trial}/keep", {"name": "behalten"}),
        "workshop_trials.forget": (f"{trial}/forget", {}),
    }


def test_no_route_changes_a_draft_that_is_closed(app: Flask, owner: Browser, begin: Begin) -> None:
    draft = begin_draft(owner, "enquiry")
    every = sent(owner, draft)
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(ROOT)]
    writing = {rule.endpoint for rule in rules if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}}
    assert writing - WRITES_NOTHING == set(every), "say here what would change a draft on the new route"
    close(begin, draft)
    before = content(begin, draft)
    wrong = []
    for endpoint, (address, body) in every.items():
        answer = owner.post(address, body)
        is_said = any(words in answer.text for words in CLOSED)
        # A step of a trial is played first: what does not fit is said, and nothing is kept either.
        if answer.status_code != 409 or not (is_said or endpoint in {"workshop_trials.complete"}):
            wrong.append(f"{endpoint}: {answer.status_code}")
        if content(begin, draft) != before:
            wrong.append(f"{endpoint} has changed the draft")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("status", ["published", "dropped"])
def test_what_is_published_or_dropped_stays_as_it_is(owner: Browser, begin: Begin, status: str) -> None:
    draft = begin_draft(owner, "message")
    close(begin, draft, status)
    assert owner.post(f"{draft}/steps/read_message", {"name": "Neu"}).status_code in {404, 409}
    page = owner.get(f"{draft}/steps").text
    assert "nur zum Lesen" in page
    assert "Zurückziehen, um weiterzuarbeiten" not in page


PAGES = {
    "": "",
    "/diagram": "",
    "/steps": "",
    "/steps/triage": "disabled",
    "/steps/triage/deadline": "disabled",
    "/steps/after/triage": "disabled",
    "/forms": "",
    "/forms/triage": "",
    "/forms/triage/fields/field_summary": "disabled",
    "/tables": "",
    "/tables/proposed_way": "disabled",
    "/formulas/zuschuss": "disabled",
    "/graphs/proposed_way.dmn": "",
    "/texts": "",
    "/texts/receipt": "readonly",
    "/translations/en": "disabled",
    "/trials": "",
    "/publish": "",
}
"""The pages of a draft, and how what could be typed there is locked."""


def test_every_page_of_a_submitted_draft_says_why_it_is_locked_and_how_to_go_on(owner: Browser, begin: Begin) -> None:
    draft = begin_draft(owner, "enquiry")
    assert owner.post(f"{draft}/formulas", {"name": "Zuschuss"}).location.endswith("/formulas/zuschuss")
    opened = {page: owner.get(f"{draft}{page}").text for page in PAGES}
    close(begin, draft)
    for page, locked in PAGES.items():
        text = owner.get(f"{draft}{page}").text
        assert "Eingereicht, deshalb nur zum Lesen" in text, page
        assert "Zurückziehen, um weiterzuarbeiten" in text, page
        assert "nur zum Lesen" not in opened[page], page
        attribute = {"disabled": '<fieldset class="bare" disabled>', "readonly": " readonly>"}.get(locked, "")
        assert attribute in text, page
        assert not attribute or attribute not in opened[page], page
    drawing = owner.get(f"{draft}/diagram").text
    assert "editor.js" not in drawing
    assert "data-diagram=" in drawing
    assert owner.get(f"{draft}/tables/proposed_way/grid").location.endswith("/tables/proposed_way")


def test_who_withdraws_a_draft_goes_on_with_it(owner: Browser) -> None:
    draft = begin_draft(owner, "message")
    owner.post(f"{draft}/steps/read_message", {"name": "Neu gelesen"})
    assert owner.post(f"{draft}/withdraw").status_code == 404
    assert owner.post(f"{draft}/publish", {"comment": "Bitte"}).status_code == 302
    assert owner.get(f"{draft}/proposal").status_code == 302
    assert owner.post(f"{draft}/withdraw").location == draft
    assert owner.post(f"{draft}/forms", {"title": "Wieder offen"}).status_code == 302


def test_the_parts_of_a_draft_are_one_line_and_fold_on_a_phone(owner: Browser) -> None:
    draft = begin_draft(owner, "message")
    page = owner.get(f"{draft}/steps").text
    (parts,) = re.findall(r'<nav aria-label="Teile des Entwurfs">(.*?)</nav>', page, re.DOTALL)
    line, fold = parts.split("<details")
    for shown in (line, fold):
        assert shown.count("<li>") == 11
        assert shown.count('aria-current="page"') == 1
    # Folded it still says where one is.
    (summary,) = re.findall(r"<summary>(.*?)</summary>", fold)
    assert summary.endswith("Schritte")
