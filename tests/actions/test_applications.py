"""What an association said of itself once it need not say again."""

import pytest
from sqlalchemy import select

from tests.actions import applying
from tests.actions.conftest import ENQUIRY, House
from workflows.actions import own_tasks
from workflows.engine.tasks import Task


def _sketch(house: House, token: str) -> dict[str, object]:
    """What stands in the form of a new application before anybody typed."""
    with house.at("public") as tx:
        task = tx.session.scalars(
            select(Task.id).where(Task.element_id == "describe_project", Task.status == "open")
        ).one()
        found = own_tasks.open_form(tx, token, task).values.get("profile", {})
        assert isinstance(found, dict)
        return found


def test_the_next_application_of_an_association_begins_with_its_profile(house: House) -> None:
    first = _sketch(house, applying.advise(house))
    assert not first.get("legal_form")
    applying.walk(house, "answer_questions")
    again = _sketch(house, applying.advise(house, channel="phone"))
    said = applying.typed("describe_project")["profile"]
    assert {name: again[name] for name in said} == said


@pytest.mark.parametrize(
    ("stranger", "channel"),
    [
        ({"organisation_name": "Ganz anderer Verein"}, "phone"),
        ({"contact_email": "fremd@anderswo.example"}, "phone"),
        ({}, "form"),  # name and address may stand on the association's own website
    ],
)
def test_nobody_else_sees_it_not_even_under_its_name(house: House, stranger: dict[str, str], channel: str) -> None:
    applying.advise(house)
    applying.walk(house, "answer_questions")
    token = applying.advise(house, {**ENQUIRY, **stranger}, channel)
    assert not _sketch(house, token).get("legal_form")
