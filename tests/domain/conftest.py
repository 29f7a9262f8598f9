"""A seeded house for the nouns' tests."""

import pytest

from tests.conftest import Begin
from tests.prepared import first_contents
from workflows.domain import cases, offices
from workflows.domain.cases import Case, Enquiry
from workflows.domain.offices import Office

ENQUIRY = Enquiry(
    choice="rooms",
    kind="need",
    topics=["rooms", "culture"],
    text="Wir suchen einen Raum für unser Fest.",
    organisation_name="Brücke e.V.",
    contact_name="Frau Beispiel",
    contact_email="bruecke@verein.example",
    consent_share=True,
)


@pytest.fixture
def seeded(begin: Begin) -> Begin:
    """The database with the first contents and demo addresses."""
    with begin() as tx:
        first_contents(tx, with_bundles=False)
    return begin


@pytest.fixture
def case(seeded: Begin) -> Case:
    """One new case."""
    with seeded() as tx:
        return cases.open_new(tx, ENQUIRY, channel="form", language="ar", details={}, dedupe_key=None)


@pytest.fixture
def office(seeded: Begin) -> Office:
    """The Kulturamt."""
    with seeded() as tx:
        found = offices.find(tx.session, "culture_office")
        assert found is not None
        return found
