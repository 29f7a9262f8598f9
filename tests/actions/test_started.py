"""What the check believes processes start with is what they do start with."""

from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import enquiries
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.operators import referrals
from workflows.operators.started import STARTED


def test_the_check_knows_the_variables_enquiries_and_referrals_start_with(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    with house.at() as tx:
        case, referral = tx.session.scalars(select(Case)).one(), tx.session.scalars(select(Referral)).one()
        office = tx.session.get_one(Office, referral.office_id)
        assert enquiries.starting_variables(tx, case).keys() - case.details.keys() == STARTED["enquiry"]
        assert referrals.starting_variables(tx, case, referral, office).keys() == STARTED["referral"]
