"""Every page of the demonstration, as each role, at a desk and on a phone, public ones in Arabic, too."""

import pytest
from playwright.sync_api import Page
from werkzeug.routing import Rule

from tests.e2e.conftest import accessibility_problems, overflow
from tests.e2e.looking import OPENS, Eyes, Look, looks
from tests.e2e.walk import RULES, Demo

LOOSE_NUMBERS = """() => {
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent;
        const apart = walker.currentNode.parentElement.closest('bdi, [dir]:not(html)');
        if (/\\d{4}-\\d{4}|\\d{2}\\.\\d{2}\\.\\d{4} /.test(text) && !apart) found.push(text.trim());
    }
    return found;
}"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_page_is_accessible_fits_and_keeps_its_numbers(demo: Demo, eyes: Eyes, rule: Rule) -> None:
    places = demo.places(rule)
    assert places, f"the demonstration has nothing to show for {rule.rule}"
    found = [problem for look in looks(places) for problem in _problems(eyes, look)]
    assert found + eyes.complained() == []


def _problems(eyes: Eyes, look: Look) -> list[str]:
    with eyes.at(look) as (page, status, is_page):
        assert status < 500, look.name
        if not is_page:
            eyes.complained()  # the browser's own way to show a file is none of ours
            return []
        assert status == 200, (look.name, status)
        found = _looked_at(page, look)
        if page.locator(OPENS).count():
            page.locator(OPENS).click()
            found += _looked_at(page, look)
    return [f"{look.name}: {problem}" for problem in found]


def _looked_at(page: Page, look: Look) -> list[str]:
    found = accessibility_problems(page)
    if (wider := overflow(page)) > 0:
        found.append(f"{wider} pixels too wide")
    if look.language == "ar":
        found += [f"a number not set apart: {text}" for text in page.evaluate(LOOSE_NUMBERS)]
    return found
