"""States that the demonstration seldom shows, and how pages behave: steps, diagram, keyboard, direction of writing."""

import re

import pytest

from tests.e2e.conftest import DESKTOP, PHONE, Visitor, accessibility_problems, overflow
from tests.e2e.gallery import RARELY_SEEN, SAMPLES

# Every other page is walked in the running demonstration, see test_pages.py.
RARE = [name for name in SAMPLES if name in RARELY_SEEN]
PUBLIC = [name for name in RARE if not SAMPLES[name][1]]
BARRIERS = """() => {
    const main = document.querySelector('main');
    main.append(document.createElement('img'), document.createElement('input'), 'breit');
    main.style.minWidth = '400px';
}"""
PAGES = [*((name, "de") for name in RARE), *((name, "ar") for name in PUBLIC)]


def test_a_page_with_barriers_does_not_pass(gallery: str, visitor: Visitor) -> None:
    """What all the other looks rest on."""
    page = visitor(PHONE)
    page.goto(f"{gallery}/landing")
    page.evaluate(BARRIERS)
    assert {problem.partition(":")[0] for problem in accessibility_problems(page)} >= {"image-alt", "label"}
    assert overflow(page) > 0


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_page_is_accessible_and_fits(gallery: str, visitor: Visitor, name: str, language: str) -> None:
    for width in (DESKTOP, PHONE):
        page = visitor(width)
        page.goto(f"{gallery}/{name}?lang={language}")
        assert accessibility_problems(page) == []
        assert overflow(page) <= 0


@pytest.mark.parametrize("name", PUBLIC)
def test_numbers_keep_their_order_in_arabic(gallery: str, visitor: Visitor, name: str) -> None:
    """Right-to-left text would turn 2026-0142 into 0142-2026 unless it is set apart."""
    page = visitor(PHONE)
    page.goto(f"{gallery}/{name}?lang=ar")
    loose = page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
            const found = [];
            while (walker.nextNode()) {
                const text = walker.currentNode.textContent;
                const apart = walker.currentNode.parentElement.closest('bdi, [dir]:not(html)');
                if (/\\d{4}-\\d{4}|\\d{2}\\.\\d{2}\\.\\d{4} /.test(text) && !apart) found.push(text.trim());
            }
            return found;
        }"""
    )
    assert loose == []


def test_arabic_page_is_mirrored_and_has_its_letters(gallery: str, visitor: Visitor) -> None:
    page = visitor()
    page.goto(f"{gallery}/landing?lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator(".brand").bounding_box()["x"] > page.locator(".languages").bounding_box()["x"]  # type: ignore[index]
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"Noto Sans Arabic\"', 'م')")
    assert page.get_by_role("link", name="تقديم طلب").is_visible()


def test_form_goes_step_by_step(gallery: str, visitor: Visitor) -> None:
    page = visitor(PHONE)
    page.goto(f"{gallery}/enquiry")
    assert page.get_by_text("Schritt 1 von 3").is_visible()
    assert page.get_by_role("button", name="Anfrage senden").is_hidden()

    page.get_by_role("button", name="Weiter").click()
    problem = page.get_by_text("Bitte füllen Sie dieses Feld aus.")
    problem.first.wait_for()
    assert page.get_by_label("Beschreiben Sie kurz, worum es geht").evaluate("e => e === document.activeElement")

    page.get_by_label("Beschreiben Sie kurz, worum es geht").fill("Wir suchen einen Raum.")
    page.get_by_role("button", name="Weiter").click()
    page.get_by_text("Schritt 2 von 3").wait_for()
    assert page.get_by_label("Name Ihres Vereins").is_visible()
    assert problem.locator("visible=true").count() == 0

    page.get_by_role("button", name="Zurück").click()
    assert page.get_by_label("Beschreiben Sie kurz, worum es geht").input_value() == "Wir suchen einen Raum."


def test_a_field_for_long_texts_grows_with_what_is_typed(gallery: str, visitor: Visitor) -> None:
    page = visitor(PHONE)
    page.goto(f"{gallery}/enquiry")
    field = page.get_by_label("Beschreiben Sie kurz, worum es geht")
    empty = field.evaluate("e => e.clientHeight")
    field.fill("Wir suchen einen Raum. " * 20)
    assert field.evaluate("e => e.clientHeight") > empty
    assert field.evaluate("e => e.scrollHeight - e.clientHeight") <= 1, "all of it can be read"


def test_form_is_one_page_without_javascript(gallery: str, visitor: Visitor) -> None:
    page = visitor(PHONE, javascript=False)
    page.goto(f"{gallery}/enquiry")
    for legend in ("Worum geht es?", "Wer sind Sie?", "Ihre Erlaubnis"):
        assert page.get_by_role("group", name=legend).is_visible()
    assert page.get_by_role("button", name="Anfrage senden").is_visible()


def test_diagram_shows_where_the_case_is(gallery: str, visitor: Visitor) -> None:
    page = visitor()
    page.goto(f"{gallery}/case")
    page.locator("[data-drawn]").wait_for()
    assert page.locator('[data-element-id="triage"].is-current').is_visible()
    assert page.locator('[data-element-id="start"].is-visited').is_visible()
    assert page.get_by_text("Hier", exact=True).is_visible()
    canvas = page.locator("[data-canvas] svg").first.bounding_box()
    assert canvas is not None
    assert canvas["height"] > 200
    # The licence of the viewer asks for its mark to stay in sight.
    assert page.locator(".bjs-powered-by").is_visible()


def test_keyboard_reaches_the_content_first(gallery: str, visitor: Visitor) -> None:
    page = visitor()
    page.goto(f"{gallery}/inbox")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    assert re.search("#main$", page.url)
