"""An association writes in Arabic, from a phone, and can follow its request from then on."""

from pathlib import Path

from playwright.sync_api import expect

from tests.core.test_files import PDF
from tests.e2e.conftest import PHONE, House, Visitor, accessibility_problems, overflow, scripts_late


def test_enquiry_in_arabic_is_received_and_can_be_followed(house: House, visitor: Visitor) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.address}/")
    page.locator(".language-menu summary").click()
    page.get_by_role("link", name="العربية").click()
    page.get_by_role("link", name="تقديم طلب").click()
    assert page.locator("html").get_attribute("dir") == "rtl"

    page.get_by_role("radio", name="قاعات").check()
    page.get_by_role("button", name="متابعة").click()
    page.get_by_text("الخطوة 2 من 4").wait_for()
    page.locator("[name=room_people]").fill("25")
    page.locator("[name=text]").fill("نبحث عن قاعة لجوقتنا مرة في الأسبوع.")
    page.get_by_role("button", name="متابعة").click()
    page.get_by_text("الخطوة 3 من 4").wait_for()
    page.locator("[name=organisation_name]").fill("جمعية قوس قزح")
    page.locator("[name=contact_name]").fill("ليلى")
    page.locator("[name=contact_email]").fill("verein@beispiel.example")
    page.get_by_role("button", name="متابعة").click()
    page.get_by_text("الخطوة 4 من 4").wait_for()
    house.let_pass(seconds=60)  # a person needs longer than the robots the form turns away
    page.get_by_role("button", name="إرسال الطلب").click()

    page.get_by_role("heading", name="شكرًا، وصل طلبكم").wait_for()
    reference = page.locator(".big-reference").inner_text()
    assert reference in house.mail_to("verein@beispiel.example")["Subject"]

    page.go_back()
    for _step in range(3):
        house.let_pass(seconds=20)
        page.get_by_role("button", name="متابعة").click()
        page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
    page.get_by_role("button", name="إرسال الطلب").click()
    page.get_by_text("لقد أرسلتم هذا من قبل").wait_for()
    assert page.locator(".big-reference").inner_text() == reference, "going back and sending again is no second case"

    page.goto(house.link_to("verein@beispiel.example"))
    page.get_by_role("heading", name="حالة طلبكم").wait_for()
    assert page.get_by_text(reference).is_visible()
    assert page.get_by_text("لا أحد غيرنا حتى الآن.").is_visible()
    assert accessibility_problems(page) == []
    assert overflow(page) <= 0


def test_contact_questions_follow_the_answers(house: House, visitor: Visitor) -> None:
    """Conditions are evaluated by the server while somebody types; what is typed stays."""
    page = visitor()
    page.goto(f"{house.address}/anfrage")
    page.get_by_role("radio", name="Räume").check()
    page.get_by_role("button", name="Weiter").click()
    page.get_by_text("Schritt 2 von 4").wait_for()
    page.locator("[name=text]").fill("Wir suchen einen Raum für unseren Chor.")
    page.get_by_role("button", name="Weiter").click()
    page.get_by_text("Schritt 3 von 4").wait_for()
    page.get_by_label("Ihr Name").fill("Chor")
    assert page.get_by_label("Ihre Telefonnummer").count() == 0
    page.get_by_label("per Telefon").check()
    page.get_by_label("Ihre Telefonnummer").wait_for()
    assert page.get_by_label("Ihre E-Mail-Adresse").count() == 0
    assert page.get_by_label("Ihr Name").input_value() == "Chor"


def test_a_file_is_uploaded_at_once_and_can_be_taken_out_again(house: House, visitor: Visitor, tmp_path: Path) -> None:
    """What was chosen is kept while somebody goes on typing; "Entfernen" leaves the page as it is."""
    (tmp_path / "Plan.pdf").write_bytes(PDF)
    (tmp_path / "falsch.pdf").write_bytes(b"MZ" + bytes(60))
    page = visitor(PHONE)
    page.goto(f"{house.address}/anfrage?lang=de")
    page.get_by_role("radio", name="Räume").check()
    page.get_by_role("button", name="Weiter").click()
    page.locator("[name=text]").fill("Wir suchen einen Raum für unseren Chor.")
    chosen = page.locator("input[type=file]")
    chosen.set_input_files(tmp_path / "Plan.pdf")
    page.get_by_role("button", name="Plan.pdf entfernen").wait_for()
    assert page.locator("[name=text]").input_value() == "Wir suchen einen Raum für unseren Chor."
    chosen.set_input_files(tmp_path / "falsch.pdf")
    page.get_by_text("passt nicht zu ihrer Endung").wait_for()
    assert page.get_by_role("button", name="Plan.pdf entfernen").is_visible()
    assert accessibility_problems(page) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name="Plan.pdf entfernen").click()
    page.get_by_role("button", name="Plan.pdf entfernen").wait_for(state="detached")
    assert page.get_by_text("Schritt 2 von 4").is_visible()
    assert page.locator("[name=text]").input_value() == "Wir suchen einen Raum für unseren Chor."


def test_what_is_chosen_before_the_script_arrives_counts(house: House, visitor: Visitor) -> None:
    page = visitor(PHONE)
    with scripts_late(page):
        page.goto(f"{house.address}/anfrage", wait_until="commit")
        page.get_by_role("radio", name="Räume").check()
        assert page.locator("[name=room_people]").count() == 0
    page.locator("[name=room_people]").wait_for(state="attached")
    assert page.get_by_role("radio", name="Räume").is_checked()


def test_changing_the_language_keeps_what_was_typed(house: House, visitor: Visitor) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.address}/anfrage")
    page.get_by_role("radio", name="Räume").check()
    page.get_by_role("button", name="Weiter").click()
    page.locator("[name=text]").fill("Wir suchen einen Raum für unseren Chor.")
    for language, button in (("English", "Continue"), ("العربية", "متابعة")):
        page.locator(".language-menu summary").click()
        page.get_by_role("button", name=language).click()
        page.get_by_role("button", name=button).click()
        expect(page.locator("[name=text]")).to_be_visible()
        assert page.locator("[name=text]").input_value() == "Wir suchen einen Raum für unseren Chor."
    assert page.locator("html").get_attribute("dir") == "rtl"
