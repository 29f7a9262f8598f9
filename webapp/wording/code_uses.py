"""Why an entry of a code list must stay a choice: what the house itself does with it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

CODE_USES: Mapping[str, Any] = {
    "state": _("Lotse selbst setzt diesen Stand."),
    "contact": _("Jeder Kontakt ist von einer dieser Arten, auch die, die Abläufe eintragen."),
    "passed_on": _("Danach entscheidet sich, welche Angaben eine Stelle bekommt."),
    "public_form": _("So kommen Anfragen über das öffentliche Formular herein."),
    "urgent": _("Daran erkennt Lotse, was eilt."),
    "confirmation": _("Das sind die Antworten auf die Frage, ob geholfen wurde."),
    "no_survey": _("Dann fragt Lotse nach dem Abschluss nicht nach der Zufriedenheit."),
    "consent": _("Darauf gestützt gibt Lotse nur weiter, solange die Einwilligung gilt."),
    "words_needed": _("Wer das wählt, muss es mit eigenen Worten begründen."),
    "figures": _("Die Vermittlungsquote zählt damit."),
    "own_word": _("So kennzeichnet Lotse, was eine Organisation selbst angibt."),
    "imported": _("So kennzeichnet Lotse, was aus einer Liste übernommen ist."),
}


def code_use(why: str) -> str:
    """The sentence for a reason of ``workflows.domain.relied_on``; empty for none."""
    return str(CODE_USES[why]) if why else ""
