"""Why a mail did not get out, in words: the answers of mail servers (RFC 5321 §4.2, RFC 3463) for people."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _

# The first pattern that is found in what the server said; the enhanced codes (5.1.1) say more than the plain ones.
REASONS: Sequence[tuple[str, Any]] = (
    (
        r"\b5\.1\.[1236]\b|\b55[01]\b.*(unknown|no such|not exist|user|mailbox un)",
        _("Diese E-Mail-Adresse gibt es nicht."),
    ),
    (r"\b[45]\.2\.2\b|\b[45]52\b", _("Das Postfach ist voll.")),
    (r"\b[45]\.3\.4\b|\b552\b", _("Die E-Mail ist dem Empfänger zu groß.")),
    (r"\b5\.7\.\d+\b|\b554\b|spam|blocked|policy", _("Der Mailserver des Empfängers nimmt von uns keine E-Mails an.")),
    (r"\b(530|534|535)\b", _("Unsere Zugangsdaten beim eigenen Mailserver stimmen nicht.")),
    (r"\b(450|451)\b", _("Der Mailserver des Empfängers bittet um einen späteren Versuch.")),
    (r"\b(421|4\d\d)\b", _("Der Mailserver des Empfängers ist überlastet oder vorübergehend gestört.")),
    (r"\b55\d\b|\b5\d\d\b", _("Der Mailserver des Empfängers hat die E-Mail abgelehnt.")),
    (r"certificate|SSL|starttls", _("Die gesicherte Verbindung zum Mailserver kam nicht zustande.")),
    (
        r"timed? ?out|TimeoutError|refused|unreachable|Disconnected|gaierror|reset",
        _("Der Mailserver war nicht zu erreichen."),
    ),
    (r"Unicode|ValueError|LookupError", _("Die Adresse oder der Text lässt sich so nicht versenden.")),
)


def mail_failure(said: str | None) -> str:
    """One sentence for what the mail server said; empty when nothing went wrong."""
    if not said:
        return ""
    for pattern, sentence in REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            return str(sentence)
    return str(_("Die E-Mail konnte nicht zugestellt werden."))
