"""The first contents of the house."""

from sqlalchemy import select

from tests.conftest import Begin
from workflows.domain import codes, pages, programmes, seed
from workflows.domain.offices import Office
from workflows.domain.people import Group
from workflows.domain.programmes import Programme

LANGUAGES = {"de_simple", "en", "tr", "pl", "ru", "ar", "it", "uk"}


def test_a_second_load_adds_nothing_and_keeps_what_was_edited(begin: Begin) -> None:
    with begin() as tx:
        assert seed.load(tx) > 150
    with begin() as tx:
        tx.session.scalars(select(Office).where(Office.key == "caritas")).one().email = "hilfe@caritas.example"
        pages.edit(tx, "imprint", "de", "Impressum", "Stadt Beispiel")
    with begin() as tx:
        assert seed.load(tx) == 0
    with begin() as tx:
        assert tx.session.scalars(select(Office).where(Office.key == "caritas")).one().email == "hilfe@caritas.example"
        assert pages.read(tx.session, "imprint", "de").text == "Stadt Beispiel"


def test_every_partner_group_is_an_office_with_a_group_and_no_invented_address(begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        offices = list(tx.session.scalars(select(Office)))
        groups = set(tx.session.scalars(select(Group.key)))
    assert len(offices) == 25
    assert {office.group for office in offices} < groups
    assert {office.email for office in offices} == {""}


def test_every_topic_of_an_office_is_in_the_code_list(begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        known = {option.value for option in codes.options(tx.session, "topic", "de")}
        used = {topic for office in tx.session.scalars(select(Office)) for topic in office.topics}
    assert len(known) == 31
    assert used < known


def test_every_code_has_words_in_every_language(begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        entries = list(tx.session.scalars(select(codes.CodeEntry)))
    lacking = [(entry.list, entry.key) for entry in entries if not entry.translations.keys() >= LANGUAGES]
    assert lacking == []
    assert {entry.list for entry in entries} > {"topic", "choice", "kind", "decline_reason", "legal_basis"}


def test_a_language_that_came_later_is_added_and_edited_words_stay(begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        entry = tx.session.get_one(codes.CodeEntry, ("choice", "rooms"))
        entry.translations = {"ar": entry.translations["ar"], "en": "Rooms, edited"}
    with begin() as tx:
        seed.load(tx)
        entry = tx.session.get_one(codes.CodeEntry, ("choice", "rooms"))
        assert (entry.words("en"), entry.words("tr")) == ("Rooms, edited", "Mekânlar")


def test_every_programme_names_its_source_and_when_it_was_checked(begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        rows = programmes.active(tx.session)
    assert len(rows) == 12
    assert all(isinstance(row, Programme) and row.source and row.checked_on for row in rows)
    assert {row.route for row in rows} == {"here", "elsewhere"}


def test_a_page_without_translation_is_shown_in_german(begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        assert pages.read(tx.session, "privacy", "fr").language == "de"
        known = {(page.key, page.language) for page in tx.session.scalars(select(pages.Page))}
        public = ("de", "de_simple", "en", "tr", "pl", "ru", "ar", "it", "uk")
        assert known == {(key, language) for key in pages.KEYS for language in public}
        assert pages.read(tx.session, "privacy", "ar").language == "ar"
        assert "Art. 13" in pages.read(tx.session, "privacy", "de").text


def test_choices_come_in_the_language_asked_for(begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        assert codes.options(tx.session, "choice", "ar")[1].label == "قاعات"
        assert codes.options(tx.session, "choice", "pl")[1].label == "Sale"
        assert codes.options(tx.session, "choice", "fr")[1].label == "Räume"
        assert ("culture_office", "Kulturamt") in [
            (option.value, option.label) for option in codes.options(tx.session, "office", "de")
        ]
