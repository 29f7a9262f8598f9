"""An office telephones: the coordinator enters its answer, finds it was wrong, takes it back; in a real browser."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import House, Visitor, accessibility_problems, overflow, sign_in, waited_for
from tests.e2e.test_journeys import FIRST_OFFICE, refer
from workflows.actions import enquiries
from workflows.core.tx import PUBLIC

ENQUIRY = {
    "choice": "rooms",
    "topics": ["rooms"],
    "text": "Wir suchen einen Raum für unser Konzert.",
    "contact_name": "Amal Beispiel",
    "reach_by": "mail",
    "contact_email": "amal@verein.example",
    "consent_share": True,
}


def follow(page: Page, house: House, case_id: int, name: str) -> None:
    """Open the case and follow one of its links once it is offered."""
    link = page.get_by_role("link", name=name).first  # the same page is offered beside the task and the referral

    def look() -> bool:
        page.goto(f"{house.address}/cases/{case_id}")
        return bool(link.count())

    waited_for(look, f"no link {name!r}")
    link.click()
    assert accessibility_problems(page) == []
    assert overflow(page) <= 0


def test_a_phoned_answer_is_entered_and_taken_back(house: House, visitor: Visitor) -> None:
    with house.begin(PUBLIC) as tx:
        case, _link = enquiries.submit(tx, ENQUIRY, "de")
        case_id, reference = case.id, case.reference
    page = visitor()
    sign_in(page, house, "coordinator")
    refer(page, house, reference, "culture_office")
    house.mail_to(FIRST_OFFICE, "Können Sie helfen?")

    follow(page, house, case_id, "Antwort eintragen")
    page.get_by_label("Wie kam die Antwort?").select_option("phone")
    page.locator("[name=answer][value=accept]").check()
    page.locator("[name=contact_person]").fill("Frau Kultur")
    page.get_by_role("button", name="Antwort eintragen").click()
    expect(page.locator(".kern-alert--success")).to_be_visible()
    expect(page.get_by_text("für Kulturamt (Telefon, 02.03.2026)")).to_be_visible()

    follow(page, house, case_id, "Antwort zurücknehmen")
    page.get_by_label("Warum stimmt die Antwort nicht?").fill("Am Telefon verhört")
    page.get_by_role("button", name="Antwort zurücknehmen").click()
    expect(page.locator(".kern-alert--success")).to_be_visible()
    link = house.link_to(FIRST_OFFICE, "noch einmal")

    office = visitor(390)
    office.goto(link)
    office.get_by_role("button", name="Verweisung öffnen").click()
    expect(office.get_by_text("Am Telefon verhört")).to_be_visible()
    assert accessibility_problems(office) == []
    assert overflow(office) <= 0
