"""Sealing the audit trail: the root goes outside, by print or by mail to the reviewer."""

from workflows.actions import letters
from workflows.core import audit
from workflows.core.audit.proof import AuditSeal
from workflows.core.tx import Tx
from workflows.domain import people


def seal(tx: Tx) -> AuditSeal:
    """Seal all streams now; where ``LOTSE_SEAL_MAIL`` is set, the root is mailed there when this commits.

    A reviewer with an account reads it in the account's language.
    """
    sealed = audit.seal(tx)
    to = tx.settings.seal_mail
    if to:
        reader = people.find_by_email(tx.session, to)
        about = f"seal:{sealed.number}"
        letters.tell(tx, to, reader.language if reader else "de", "seal", _facts(sealed), about, about)
    return sealed


def _facts(sealed: AuditSeal) -> dict[str, object]:
    counts = {"streams": sealed.streams, "entries": sealed.entries}
    return {"number": sealed.number, "at": sealed.at, "root": sealed.root.hex(), "line": str(sealed), **counts}
