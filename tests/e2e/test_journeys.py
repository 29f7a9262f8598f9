"""The main job as people live it: a real browser, a real worker, a real mail server, on both databases."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select, true

from tests.e2e.conftest import (
    PASSWORD,
    PHONE,
    House,
    Visitor,
    accessibility_problems,
    overflow,
    sign_in,
    waited_for,
)
from workflows.domain import deputies, figures, organisations, people
from workflows.domain.cases import Case

MO = "vorstand@bruecke.example"
FIRST_OFFICE = "culture-office@anlaufstelle.example"
SECOND_OFFICE = "green-spaces-office@anlaufstelle.example"
COUNTED = ("accepted", "declined", "placed", "confirmed")
THIRD_OFFICE = "sport-funding@anlaufstelle.example"


def send_enquiry_in_arabic(house: House, visitor: Visitor) -> str:
    """A volunteer writes on a phone, in Arabic; gives the reference on the receipt."""
    page = visitor(PHONE)
    page.goto(f"{house.address}/anfrage?lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    next_step = page.get_by_role("button", name="متابعة")
    page.get_by_label("قاعات", exact=True).check()
    next_step.click()
    page.locator("[name=room_people]").fill("80")
    page.locator("summary").filter(has_text="31").click()
    page.locator("[name=topics][value=rooms]").check()
    page.locator("[name=text]").fill("نبحث عن قاعة لعرض موسيقي يوم السبت.")
    next_step.click()
    page.locator("[name=organisation_name]").fill("جسر الثقافات")
    page.locator("[name=contact_name]").fill("ليلى")
    page.locator("[name=contact_email]").fill(MO)
    next_step.click()
    page.locator("[name=consent_share]").check()
    house.let_pass(seconds=30)  # somebody who reads is slower than a machine that fills forms
    page.get_by_role("button", name="إرسال الطلب").click()
    page.wait_for_url("**/anfrage/**")
    assert overflow(page) <= 0
    assert accessibility_problems(page) == []
    found = re.search(r"\d{4}-\d{4}", page.locator("main").inner_text())
    assert found
    return found[0]


def open_task(page: Page, house: House, name: str, reference: str) -> None:
    """Find a task in the inbox by the reference of its case and open it."""
    row = page.get_by_role("row").filter(has_text=name).filter(has_text=reference)

    def look() -> bool:
        page.goto(f"{house.address}/inbox?scope=group&q={reference}")
        return bool(row.count())

    waited_for(look, f"no task {name!r} for {reference}")
    row.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def refer(page: Page, house: House, reference: str, *offices: str) -> None:
    """The coordinator reads the enquiry and refers it to the named offices."""
    open_task(page, house, "Anfrage sichten", reference)
    page.get_by_label("Worum geht es in einem Satz?").fill("Raum für ein Konzert")
    page.locator("[name=ways][value=refer]").check()
    finish(page)
    open_task(page, house, "Stellen auswählen", reference)
    choose_offices(page, *offices)
    finish(page)


def choose_offices(page: Page, *offices: str) -> None:
    """Tick exactly these of the proposed offices."""
    for box in page.locator("input[name=offices]").all():
        box.set_checked(box.get_attribute("value") in offices)


def finish(page: Page) -> None:
    page.get_by_role("button", name="Aufgabe abschließen").click()
    expect(page.locator(".kern-alert--success")).to_be_visible()


def answer(page: Page, link: str, **choices: str) -> None:
    """The office opens the link of its mail and answers; ``choices`` are fields of the form."""
    page.goto(link)
    open_button = page.get_by_role("button", name="Verweisung öffnen")
    if open_button.count():
        open_button.click()
    for field, value in choices.items():
        control = page.locator(f"[name={field}]")
        if control.first.get_attribute("type") == "radio":
            page.locator(f"[name={field}][value={value}]").check()
        else:
            control.fill(value)
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke für Ihre Antwort")


def confirm(page: Page, status_link: str, button: str) -> None:
    """The association taps once on its status page, in Arabic."""
    tap = page.get_by_role("button", name=button)

    def look() -> bool:
        page.goto(f"{status_link}?lang=ar")
        return bool(tap.count())

    waited_for(look, f"no button {button!r}")
    assert accessibility_problems(page) == []
    assert overflow(page) <= 0
    tap.click()
    expect(tap).to_have_count(0)


def shows_nothing_any_more(page: Page, link: str) -> None:
    """Whose part is over sees nothing of the case and is asked nothing, with or without having opened it before."""
    page.goto(link)
    open_button = page.get_by_role("button", name="Verweisung öffnen")
    if open_button.count():
        open_button.click()
    words = page.locator("main").inner_text()
    for personal in ("جسر", "ليلى", "قاعة", MO, "Konzert"):
        assert personal not in words
    expect(page.locator("main").get_by_role("button")).to_have_count(0)


def confirm_next(page: Page, status_link: str, button: str) -> None:
    """One tap for the first question that is open; another may stand behind it."""
    taps = page.get_by_role("button", name=button)

    def look() -> bool:
        page.goto(f"{status_link}?lang=ar")
        return bool(taps.count())

    waited_for(look, f"no button {button!r}")
    assert overflow(page) <= 0
    before = taps.count()
    taps.first.click()
    expect(taps).to_have_count(before - 1)


def figures_of(house: House) -> dict[str, int]:
    """What the figures of the referrals count; on their page numbers below five are not told."""
    with house.begin() as tx:
        today = people.day(house.clock.now())
        scope = figures.Scope(today - timedelta(days=30), today + timedelta(days=1))
        wanted = {"sent": true(), **{name: figures.COUNTS[name] for name in COUNTED}}
        return {
            name: len(tx.session.scalars(figures.found(tx.session, scope, condition)).all())
            for name, condition in wanted.items()
        }


def stand_in(house: House, email: str) -> None:
    """A second coordinator, in no group of her own, represents the first one from today on."""
    with house.begin() as tx:
        absent = people.find_by_email(tx.session, "coordinator@lotse.example")
        assert absent is not None
        deputy = people.create(tx, email, "Vertretung", roles=["coordinator"], password=PASSWORD)
        today = people.day(house.clock.now())
        deputies.appoint(tx, absent.id, deputy.id, today, today + timedelta(days=7))


def case_page(page: Page, house: House, reference: str) -> None:
    page.goto(f"{house.address}/cases?q={reference}")
    page.get_by_role("link", name=re.compile(reference)).first.click()
    expect(page.get_by_text(f"Vorgang {reference}")).to_be_visible()


def audit_is_untouched(visitor: Visitor, house: House) -> None:
    page = visitor()
    sign_in(page, house, "reviewer")
    page.goto(f"{house.address}/audit")
    page.get_by_role("button", name=re.compile("prüfen", re.IGNORECASE)).click()
    expect(page.get_by_text(re.compile("unverändert", re.IGNORECASE)).first).to_be_visible()


def test_enquiry_in_arabic_is_referred_to_two_rerouted_and_confirmed(house: House, visitor: Visitor) -> None:
    """One office declines, the one asked instead accepts; both who accepted report, the association confirms both."""
    reference = send_enquiry_in_arabic(house, visitor)
    status_link = house.link_to(MO)
    desk = visitor()
    sign_in(desk, house, "coordinator")
    refer(desk, house, reference, "culture_office", "green_spaces_office")

    phone = visitor(PHONE)
    first_link = house.link_to(FIRST_OFFICE)
    phone.goto(first_link)
    assert "جسر" not in phone.locator("main").inner_text(), "the neutral page shows nothing of the case"
    answer(phone, first_link, answer="decline", decline_reason="no_capacity")
    answer(phone, house.link_to(SECOND_OFFICE), answer="accept", contact_person="Team Plätze")

    open_task(desk, house, "Neu verweisen", reference)
    expect(desk.get_by_text("Keine Kapazität").first).to_be_visible()
    desk.locator("[name=next_step][value=refer]").check()
    choose_offices(desk, "other")
    desk.locator("details:has([name=more_offices]) summary").click()
    desk.locator("[name=more_offices][value=sport_funding]").check()
    finish(desk)
    answer(phone, house.link_to(THIRD_OFFICE), answer="accept", contact_person="Das Team Räume")
    for office in (SECOND_OFFICE, THIRD_OFFICE):
        answer(phone, house.link_to(office), news="outcome", reported_outcome="helped")

    mobile = visitor(PHONE)
    for _office in range(2):
        confirm_next(mobile, status_link, "نعم")
    case_page(desk, house, reference)
    expect(desk.get_by_text("Abgeschlossen").first).to_be_visible()
    desk.goto(f"{house.address}/reports/referrals")
    expect(desk.get_by_text("unter 5").first).to_be_visible()
    assert figures_of(house) == {"sent": 3, "accepted": 2, "declined": 1, "placed": 2, "confirmed": 2}
    audit_is_untouched(visitor, house)


def test_a_phoned_in_enquiry_meets_its_register_entry_and_is_answered_at_once(house: House, visitor: Visitor) -> None:
    """The name is typed as it sounds; the entry is found, its data taken over, the answer is there at once."""
    with house.begin() as tx:
        organisations.remember(tx, "Brücke der Kulturen e. V.")
    desk = visitor()
    sign_in(desk, house, "coordinator")
    desk.goto(f"{house.address}/cases/new")
    desk.locator("[name=_channel]").select_option("phone")
    desk.locator("[name=choice][value=advice]").check()
    desk.locator("[name=text]").fill("Sie fragt, welches Amt für das Straßenfest zuständig ist.")
    desk.locator("[name=organisation_name]").fill("Bruecke der Kulturen")
    desk.get_by_role("button", name="Übernehmen: Brücke der Kulturen e. V.").click()
    expect(desk.get_by_text("Aus dem Register: Brücke der Kulturen e. V.")).to_be_visible()
    assert desk.locator("[name=text]").input_value().startswith("Sie fragt"), "nothing typed is lost"
    desk.locator("[name=contact_name]").fill("Frau Beispiel")
    desk.locator("[name=reach_by][value=mail]").check()
    desk.locator("[name=contact_email]").fill(MO)
    desk.get_by_role("button", name="Anfrage aufnehmen").click()
    expect(desk.get_by_text("Der Vorgang ist angelegt.")).to_be_visible()
    reference = re.search(r"\d{4}-\d{4}", desk.locator("main").inner_text())
    assert reference

    open_task(desk, house, "Anfrage sichten", reference[0])
    desk.get_by_label("Worum geht es in einem Satz?").fill("Zuständigkeit Straßenfest")
    for way in desk.locator("[name=ways]").all():
        way.set_checked(way.get_attribute("value") == "answer")
    finish(desk)
    open_task(desk, house, "Antwort schreiben", reference[0])
    desk.get_by_label("Unsere Antwort an die MO").fill("Das Grünflächenamt hilft Ihnen. Wir haben schon angerufen.")
    finish(desk)
    phone = visitor(PHONE)
    phone.goto(house.link_to(MO, "Antwort"))
    expect(phone.get_by_text("Das Grünflächenamt hilft Ihnen.")).to_be_visible()
    case_page(desk, house, reference[0])
    expect(desk.get_by_text("Brücke der Kulturen e. V.").first).to_be_visible()
    with house.begin() as tx:
        known = organisations.find_by_name(tx.session, "Brücke der Kulturen")
        assert known is not None
        assert tx.session.scalars(select(Case.organisation_id)).one() == known.id


def test_consent_withdrawn_while_an_office_has_it_stops_the_office_and_not_the_enquiry(
    house: House, visitor: Visitor
) -> None:
    reference = send_enquiry_in_arabic(house, visitor)
    status_link = house.link_to(MO)
    desk = visitor()
    sign_in(desk, house, "coordinator")
    refer(desk, house, reference, "culture_office")
    office = visitor(PHONE)
    link = house.link_to(FIRST_OFFICE)
    answer(office, link, answer="accept", contact_person="Das Team Räume")

    phone = visitor(PHONE)
    phone.goto(f"{status_link}?lang=de")
    phone.get_by_role("link", name="Ja zur Weitergabe zurücknehmen").click()
    assert accessibility_problems(phone) == []
    assert overflow(phone) <= 0
    phone.get_by_role("button", name="Ja zurücknehmen").click()
    expect(phone.get_by_role("link", name="Ja zur Weitergabe zurücknehmen")).to_have_count(0)

    house.mail_to(FIRST_OFFICE, "nicht weiter bearbeiten")
    shows_nothing_any_more(office, link)
    case_page(desk, house, reference)
    expect(desk.get_by_text("Einwilligung zur Weitergabe zurückgezogen").first).to_be_visible()
    open_task(desk, house, "Neu verweisen", reference)
    expect(desk.get_by_text("hat ihre Einwilligung zurückgezogen").first).to_be_visible()


def test_an_office_declines_by_link_and_the_case_is_rerouted(house: House, visitor: Visitor) -> None:
    reference = send_enquiry_in_arabic(house, visitor)
    desk = visitor()
    sign_in(desk, house, "coordinator")
    refer(desk, house, reference, "culture_office")

    office = visitor(PHONE)
    first_link = house.link_to(FIRST_OFFICE)
    answer(office, first_link, answer="decline", decline_reason="no_capacity")

    open_task(desk, house, "Neu verweisen", reference)
    expect(desk.get_by_text("kann nicht helfen").first).to_be_visible()
    expect(desk.get_by_text("Keine Kapazität").first).to_be_visible()
    choose_offices(desk, "green_spaces_office")
    finish(desk)

    answer(office, house.link_to(SECOND_OFFICE), answer="accept", contact_person="Team Plätze")
    case_page(desk, house, reference)
    for words in ("Stelle hat abgelehnt", "Stelle hat angenommen"):
        expect(desk.get_by_text(words).first).to_be_visible()
    shows_nothing_any_more(office, first_link)


def test_nobody_answers_so_it_escalates_and_the_deputy_takes_over(house: House, visitor: Visitor) -> None:
    reference = send_enquiry_in_arabic(house, visitor)
    desk = visitor()
    sign_in(desk, house, "coordinator")
    refer(desk, house, reference, "culture_office")
    link = house.link_to(FIRST_OFFICE)

    house.let_pass(days=9)
    reminder = house.mail_to(FIRST_OFFICE, "Erinnerung")
    assert reference in reminder["Subject"]
    house.let_pass(days=9)

    stand_in(house, "deputy@lotse.example")
    fresh = visitor()
    sign_in(fresh, house, "deputy")
    open_task(fresh, house, "Neu verweisen", reference)
    expect(fresh.get_by_text("hat bis zur Frist nicht geantwortet").first).to_be_visible()
    fresh.locator("[name=next_step][value=answer]").check()
    fresh.get_by_label("Unsere Antwort an die MO").fill("Wir suchen selbst einen Saal für Sie.")
    finish(fresh)
    shows_nothing_any_more(visitor(PHONE), link)
    case_page(fresh, house, reference)
    expect(fresh.get_by_text(re.compile("abgelaufen")).first).to_be_visible()
    expect(fresh.get_by_text("Vertretung in Vertretung für coordinator").first).to_be_visible()
    assert fresh.goto(f"{house.address}/cases").status == 200  # type: ignore[union-attr]
    audit_is_untouched(visitor, house)


def test_two_people_complete_one_task_and_the_second_keeps_the_typed_text(house: House, visitor: Visitor) -> None:
    with house.begin() as tx:
        people.create(
            tx,
            "deputy@lotse.example",
            "Vertretung",
            roles=["coordinator"],
            groups=["group:coordination"],
            password=PASSWORD,
        )
    reference = send_enquiry_in_arabic(house, visitor)
    quick, slow = visitor(), visitor()
    for page, who in ((quick, "coordinator"), (slow, "deputy")):
        sign_in(page, house, who)
        open_task(page, house, "Anfrage sichten", reference)
    quick.get_by_label("Worum geht es in einem Satz?").fill("Raum für ein Konzert")
    quick.locator("[name=ways][value=refer]").check()
    expect(quick.locator("[data-draft-note]")).to_contain_text("Entwurf gespeichert")  # theirs from here on
    slow.get_by_label("Worum geht es in einem Satz?").fill("Das habe ich mühsam getippt.")
    slow.locator("[name=ways][value=refer]").check()
    finish(quick)

    slow.get_by_role("button", name="Aufgabe abschließen").click()
    expect(slow.get_by_text("coordinator").first).to_be_visible()
    expect(slow.get_by_text("Das habe ich mühsam getippt.")).to_be_visible()
    assert accessibility_problems(slow) == []
    open_task(quick, house, "Stellen auswählen", reference)  # once, and the case goes on
