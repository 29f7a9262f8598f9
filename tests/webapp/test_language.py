"""Another language in the middle of a form: drawn anew, with everything that was typed (what `language.js` sends)."""

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.webapp.conftest import Browser, Enquired
from tests.webapp.test_public import fill_in
from webapp import doors
from webapp.i18n import NAMES
from workflows.core.clock import SetClock


@pytest.mark.usefixtures("house")
def test_a_form_is_drawn_in_the_other_language_with_what_was_typed(browser: Browser, clock: SetClock) -> None:
    typed = {**fill_in(browser, clock), "text": "Wir suchen einen Raum.", "_action": "refresh"}
    page = browser.post("/anfrage?lang=en", typed)
    assert page.status_code == 200
    assert 'lang="en"' in page.text
    assert "Wir suchen einen Raum." in page.text
    assert "Send" in page.text
    again = browser.post("/anfrage?lang=ar", typed)
    assert 'dir="rtl"' in again.text
    assert "Wir suchen einen Raum." in again.text
    assert 'lang="ar"' in browser.get("/anfrage").text  # and is remembered


def switched(answer: TestResponse) -> str:
    """Where the switch to English leads."""
    found = re.findall(
        r'<(?:a href|button type="submit" form="typed" formaction)="([^"]+)"[^>]* lang="en"', answer.text
    )
    (address,) = found
    return str(address)


@pytest.mark.usefixtures("house")
def test_the_switch_of_a_public_form_sends_the_form_itself_so_that_no_script_is_needed(
    browser: Browser, enquiry: Enquired
) -> None:
    browser.get(f"/s/{enquiry.token}")
    for page in ("/anfrage", f"/s/{doors.mark(enquiry.token)}/message"):
        drawn = browser.get(page).text
        (form,) = re.findall(r'<form method="post" action="([^"]+)"[^>]* id="typed"', drawn)
        button = r'<button type="submit" form="typed" formaction="([^"]+)" name="_action" value="refresh"'
        buttons = re.findall(button, drawn)
        assert buttons == [f"{form}?lang={code}" for code in NAMES]
        assert "hreflang" not in drawn
        assert 'hreflang="tr"' in browser.get("/").text  # a page without a form keeps its links


def test_from_the_answer_to_a_form_the_switch_leads_to_the_page_of_the_form(
    browser: Browser, enquiry: Enquired, clock: SetClock, signed_in: Callable[[str], Browser]
) -> None:
    assert switched(browser.post("/anfrage", {**fill_in(browser, clock), "text": ""})) == "/anfrage?lang=en"
    browser.get(f"/s/{enquiry.token}")
    own = f"/s/{doors.mark(enquiry.token)}"
    refused = browser.post(f"{own}/message", {"message": ""})
    assert (refused.status_code, switched(refused)) == (422, f"{own}/message?lang=en")
    nothing_asked = browser.post(f"{own}/confirm", {"answer": "helped"})
    assert (nothing_asked.status_code, switched(nothing_asked)) == (409, f"{own}?lang=en"), "no page of its own"
    inside = signed_in("admin").post("/pages/imprint/edit?of=tr", {"title": "", "text": "x"})
    assert (inside.status_code, switched(inside)) == (422, "/pages/imprint/edit?of=tr&amp;lang=en")
    assert switched(browser.post("/gibt/es/nicht")) == "/?lang=en"
