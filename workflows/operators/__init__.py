"""The verbs of diagrams: what a service task may call. Joins the engine with the nouns of the office."""

from collections.abc import Mapping

from sqlalchemy import select

from workflows.core.tx import Tx
from workflows.domain import codes, people, seed
from workflows.domain.people import Group
from workflows.engine.catalogue import Catalogue, Operator
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.engine.runtime import Engine
from workflows.operators import (
    appointments,
    cases,
    contacts,
    funding,
    invitations,
    letters,
    mails,
    messages,
    offices,
    referrals,
    texts,
)
from workflows.operators.started import STARTED

FUNCTIONS = OFFICE_FUNCTIONS

OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for room in (mails, letters, contacts, cases, referrals, appointments, invitations, funding, offices, messages)
    for operator in room.OPERATORS
}

ENGINE = Engine(
    OPERATORS,
    FUNCTIONS,
    group_exists=lambda tx, key: people.group_exists(tx.session, key),
    can_work=lambda tx, user_id: people.can_work(tx.session, user_id),
)


def catalogue(tx: Tx) -> Catalogue:
    """Everything a bundle may refer to in this house, for the check before it is deployed."""
    groups = frozenset(tx.session.scalars(select(Group.key)))
    return Catalogue(OPERATORS, groups, codes.lists(tx.session), FUNCTIONS, STARTED, texts.STANDARD, seed.languages())
