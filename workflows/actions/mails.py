"""Reading the mails of a demonstration; an installation that really sends shows them to nobody here."""

from collections.abc import Sequence

from sqlalchemy import select

from workflows.core.errors import NotFound
from workflows.core.outbox import Mail
from workflows.core.tx import Tx

MOST = 200


def newest(tx: Tx) -> Sequence[Mail]:
    """The last mails, newest first; raises ``NotFound`` outside a demonstration."""
    _only_in_demo(tx)
    return tx.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(MOST)).all()


def read(tx: Tx, mail_id: int) -> Mail:
    """One mail; raises ``NotFound``."""
    _only_in_demo(tx)
    mail = tx.session.get(Mail, mail_id)
    if mail is None:
        raise NotFound("not_found", kind="mail")
    return mail


def _only_in_demo(tx: Tx) -> None:
    if not tx.settings.demo:
        raise NotFound("not_found", kind="page")
