"""The audit trail: what happened, by whom, when, in chains that show every later change.

``record`` where the change happens, in its transaction; ``seal`` once a day; ``verify`` to prove; ``erase`` to forget
the details of a stream and keep the proof.
"""

from workflows.core.audit.log import Entry, Place, entries, erase, record
from workflows.core.audit.proof import Tampering, seal, verify

__all__ = ["Entry", "Place", "Tampering", "entries", "erase", "record", "seal", "verify"]
