"""Every table of the house on one metadata: each module that holds tables is imported here, a test misses none."""

from sqlalchemy import MetaData

from workflows.core import daily, files, links, outbox, presence, search, sequences, throttle
from workflows.core.audit import log, proof
from workflows.core.db import Base
from workflows.domain import (
    access_tokens,
    appointments,
    cases,
    codes,
    contacts,
    funding,
    invitations,
    letters,
    offices,
    organisation_people,
    organisations,
    pages,
    people,
    programmes,
    questions,
    recusals,
    referrals,
    saved_filters,
    sign_in_requests,
    web_sessions,
)
from workflows.engine import (
    definitions,
    drafts,
    events,
    incidents,
    messages,
    publications,
    state,
    stories,
    tasks,
    timers,
)
from workflows.engine.migration import jobs

MODULES = (
    *(daily, files, links, outbox, presence, search, sequences, throttle, log, proof),
    *(access_tokens, appointments, cases, codes, contacts, funding, invitations, letters, offices),
    *(
        organisation_people,
        organisations,
        pages,
        people,
        programmes,
        questions,
        recusals,
        referrals,
        saved_filters,
        sign_in_requests,
    ),
    *(web_sessions,),
    *(definitions, drafts, events, incidents, jobs, messages, publications, state, stories, tasks, timers),
)
"""The modules with tables."""


def metadata() -> MetaData:
    """The metadata with all tables on it."""
    return Base.metadata
