"""Another language in the middle of a form: drawn anew, with everything that was typed (what `language.js` sends)."""

import pytest

from tests.webapp.conftest import Browser
from tests.webapp.test_public import fill_in
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
