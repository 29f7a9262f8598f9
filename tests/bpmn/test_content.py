"""What the bundles say: complete, translated where an association reads it, nothing for the check to find."""

from pathlib import Path

import pytest

from tests.bpmn.conftest import BUNDLES
from tests.conftest import Begin
from workflows.domain import codes, offices, seed
from workflows.engine import bundle
from workflows.engine.checks import check
from workflows.engine.content import Content, read_content
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.operators import catalogue

LANGUAGES = {"de", "de_simple", "en", "tr", "pl", "ru", "ar", "it", "uk"}

# Texts that an association reads; all others are for offices and the coordination.
TO_ASSOCIATIONS = {
    "enquiry": {"receipt", "answer", "helped_question", "survey", "declined", "withdrawal_confirmed"}
    | {"mo_request", "mo_found", "consent_withdrawn", "taken_up_again"},
    "referral": {"referral_accepted", "outcome_question"}
    | {"appointment_proposed", "appointment_arranged", "need_considered", "answer_was_wrong", "no_help_after_all"},
    "funding": {
        *("sketch_reminder", "no_programme", "programme_chosen", "documents_reminder", "submitted", "awarded"),
        *("rejected", "more_wanted", "spending_reminder", "proof_reminder", "proof_wanted", "proof_late"),
        *("repayment", "repayment_reminder", "funding_withdrawn"),
        *("sketch_wanted", "revision_wanted", "proof_revision_wanted"),
    },
    "message": {"message_answered"},
}
WITHOUT_LINK = {
    *("triage_reminder", "withdrawal_confirmed", "outcome_overdue", "referral_withdrawn"),
    *("funding_withdrawn", "letter_reminder", "decision_reminder"),
}


@pytest.fixture
def enquiry() -> Content:
    """The bundle of the enquiry."""
    return read_content(bundle.read(BUNDLES / "enquiry"), OFFICE_FUNCTIONS)


def test_the_check_finds_nothing_but_translations_waiting_for_review(folder: Path, begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        findings = check(bundle.read(folder), catalogue(tx))
    assert [finding for finding in findings if finding.code != "not_reviewed"] == []


def test_mails_to_associations_come_in_every_language_all_others_in_two(key: str, content: Content) -> None:
    names = {name for name, _ in content.texts}
    for name in names:
        languages = {language for text, language in content.texts if text == name}
        assert languages == (LANGUAGES if name in TO_ASSOCIATIONS[key] else {"de", "en"}), name


def test_every_mail_has_its_link_or_needs_none(content: Content) -> None:
    for (name, language), text in content.texts.items():
        assert ("[[link]]" in text) is (name not in WITHOUT_LINK), f"{name}.{language}"


def test_the_public_form_is_whole_in_every_language_and_marked_as_not_reviewed(enquiry: Content) -> None:
    german = set(enquiry.forms["enquiry"].german())
    for language in LANGUAGES - {"de"}:
        assert german - enquiry.translations[language].keys() == set()
        assert not any(entry.reviewed for entry in enquiry.translations[language].values())


def test_what_offices_read_is_whole_in_english() -> None:
    content = read_content(bundle.read(BUNDLES / "referral"), OFFICE_FUNCTIONS)
    german = {text for form in content.forms.values() for text in form.german()}
    assert german - content.translations["en"].keys() == set()


def test_every_topic_leads_to_an_office_that_exists(enquiry: Content, begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        topics = [entry.key for entry in codes.entries(tx.session, "topic")]
        known = {office.key for office in offices.active(tx.session)}
    table = enquiry.decisions["offices_by_topic"]
    found = {topic: table.evaluate("offices_by_topic", {"topics": [topic]}).value for topic in topics}
    assert [topic for topic, rows in found.items() if not rows] == []
    named = {row["office"] for rows in found.values() for row in rows}
    assert named == known
    assert all(row["reason"] for rows in found.values() for row in rows)


def test_every_choice_has_proposed_ways_with_reasons_and_none_of_them_declines(enquiry: Content, begin: Begin) -> None:
    with begin() as tx:
        seed.load(tx)
        choices = [entry.key for entry in codes.entries(tx.session, "choice")]
        ways = {entry.key for entry in codes.entries(tx.session, "way")} - {"decline"}
    for choice in choices:
        rows = enquiry.decisions["proposed_way"].evaluate("proposed_way", {"choice": choice, "topics": []}).value
        assert rows, choice
        assert {row["way"] for row in rows} <= ways
        assert all(row["reason"] for row in rows)


def test_without_topics_the_choice_alone_leads_to_fitting_offices(enquiry: Content) -> None:
    table = enquiry.decisions["offices_by_topic"]

    def proposed(**asked: object) -> set[str]:
        return {row["office"] for row in table.evaluate("offices_by_topic", asked).value}

    by_topic = {"rooms": "rooms", "funding": "funding", "cooperation": "mo_network", "barrier": "discrimination"}
    for choice, topic in by_topic.items():
        assert proposed(choice=choice, topics=[]) == proposed(choice="other", topics=[topic]) != set()
    assert "buergerkolleg" in proposed(choice="training", topics=[])
    assert "education_providers" in proposed(choice="education_work", topics=[])
    assert proposed(choice="other", topics=[]) == set()
    assert proposed(choice="rooms", topics=["language"]) == proposed(choice="other", topics=["language"])
