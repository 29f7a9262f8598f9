"""What an association says of itself: asked once, at hand for its next application."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.core.tx import Tx
from workflows.domain.cases import PUBLIC_FORM, Case
from workflows.domain.funding import Application


def keep(tx: Tx, application_id: int, profile: Mapping[str, Any]) -> None:
    """Keep what the association says of itself, for its next application."""
    tx.locked(Application, application_id).profile = dict(profile)


def last(session: Session, case: Case) -> dict[str, Any]:
    """What the association of a case said of itself the last time it was advised; empty for one we do not know.

    Only for an enquiry the coordination has recorded, from the same address as before: in the public form anybody may
    type an association's name and its published address, and learns nothing of it.
    """
    if case.channel == PUBLIC_FORM or case.organisation_id is None or not case.contact_email:
        return {}
    query = select(Application.profile).join(Case, Case.id == Application.case_id)
    same = query.where(Case.organisation_id == case.organisation_id, Case.contact_email == case.contact_email)
    return session.scalars(same.where(Application.profile.is_not(None)).order_by(Application.id.desc())).first() or {}
