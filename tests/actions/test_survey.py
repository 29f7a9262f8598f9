"""After closing, the association is asked three questions; each is answered with one tap on its status page."""

import pytest

from tests.actions.conftest import House
from workflows.actions import confirming, enquiries
from workflows.core.errors import Conflict, Invalid
from workflows.domain.cases import Case


def closed(house: House) -> tuple[Case, str]:
    case, token = house.submit()
    triage = {"decision": "help", "summary": "Raum gesucht", "urgency": "normal", "support_level": "inform"}
    house.do("coordinator", "triage", {**triage, "ways": [], "triage_note": ""})
    with house.at("public") as tx:
        assert enquiries.status(tx, token).case.open_survey == []
        with pytest.raises(Conflict, match="not_asked"):
            enquiries.survey(tx, token, "fast", "yes")
    with house.at("public") as tx:
        confirming.confirm(tx, token, "helped")
    house.work()
    return case, token


def _tap(house: House, token: str, question: str, answer: str) -> None:
    with house.at("public") as tx:
        enquiries.survey(tx, token, question, answer)


def test_each_question_is_answered_once_and_the_first_tap_counts(house: House) -> None:
    case, token = closed(house)
    _tap(house, token, "fast", "yes")
    _tap(house, token, "fast", "no")
    _tap(house, token, "clear", "partly")
    with house.at() as tx:
        kept = tx.session.get_one(Case, case.id)
        assert kept.survey == {"fast": "yes", "clear": "partly"}
        assert kept.open_survey == ["again"]


def test_only_what_is_asked_can_be_answered(house: House) -> None:
    _, token = closed(house)
    with pytest.raises(Invalid):
        _tap(house, token, "fast", "perhaps")
    with pytest.raises(Conflict, match="not_asked"):
        _tap(house, token, "missing", "yes")
