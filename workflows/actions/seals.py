"""Sealing the audit trail: the root goes outside, by print or by mail to the reviewer."""

from importlib import resources

from workflows.core import audit, outbox, texts
from workflows.core.audit.proof import AuditSeal
from workflows.core.tx import Tx


def seal(tx: Tx) -> AuditSeal:
    """Seal all streams now; where ``LOTSE_SEAL_MAIL`` is set, the root is mailed there when this commits."""
    sealed = audit.seal(tx)
    if tx.settings.seal_mail:
        subject, text = texts.split(texts.render(_text(), _facts(sealed)))
        outbox.post(
            tx,
            to=tx.settings.seal_mail,
            subject=subject,
            text=text,
            about=f"seal:{sealed.number}",
            key=f"seal:{sealed.number}",
        )
    return sealed


def _facts(sealed: AuditSeal) -> dict[str, object]:
    counts = {"streams": sealed.streams, "entries": sealed.entries}
    return {"number": sealed.number, "at": sealed.at, "root": sealed.root.hex(), "line": str(sealed), **counts}


def _text() -> str:
    return resources.files("workflows.actions").joinpath("seal_mail.txt").read_text("utf-8")
