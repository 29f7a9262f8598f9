"""Every page of the demonstration, as each role, at a desk and on a phone, public ones in Arabic, too."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.routing import Rule

from tests.e2e.conftest import accessibility_problems, overflow
from tests.e2e.looking import DESKTOP, OPENS, PHONE, Eyes, Look, looks
from tests.e2e.pictures import draw
from tests.e2e.walk import RULES, Demo, Place

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


@pytest.mark.timeout(300)
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_page_is_accessible_fits_and_keeps_its_numbers(demo: Demo, eyes: Eyes, rule: Rule) -> None:
    places = demo.places(rule)
    assert places, f"the demonstration has nothing to show for {rule.rule}"
    found = [problem for look in looks(places) for problem in _problems(eyes, look)]
    assert found + eyes.complained() == []


def test_pictures_are_written_for_every_look_at_a_page(eyes: Eyes, tmp_path: Path) -> None:
    """What ``lotse screenshots`` does, on the demonstration that runs already."""
    assert draw(eyes, tmp_path / "new", "public.landing") == 2
    wide, narrow = sorted((tmp_path / "new").iterdir(), key=lambda picture: int(picture.stem.rpartition("-")[2]))[::-1]
    assert (wide.name, narrow.name) == ("public.landing-de-1280.png", "public.landing-ar-390.png")
    for picture, width in ((wide, DESKTOP), (narrow, PHONE)):
        drawn = picture.read_bytes()
        assert drawn.startswith(b"\x89PNG")
        assert int.from_bytes(drawn[16:20], "big") == width
        assert int.from_bytes(drawn[20:24], "big") > 800, "the whole page, not the window alone"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_list_to_be_read_in_shows_first_what_it_would_do(eyes: Eyes, width: int) -> None:
    look = Look(Place("import", "coordinator", "/register/import"), "de", width)
    sheet = {"name": "liste.csv", "mimeType": "text/csv", "buffer": "name;Ort\nVerein Brücke;Musterstadt\n;\n".encode()}
    with eyes.at(look) as (page, _status, _is_page):
        page.locator("input[type=file]").set_input_files([sheet])
        page.get_by_role("button", name="Vorschau ansehen").click()
        expect(page.get_by_text("Verein Brücke")).to_be_visible()
        assert _looked_at(page, look) + eyes.complained() == []


def _problems(eyes: Eyes, look: Look) -> list[str]:
    with eyes.at(look) as (page, status, is_page):
        assert status < 500, look.name
        if not is_page:
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
