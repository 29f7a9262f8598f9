"""What the worker has given up, in words: what should have happened, and what to do."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from webapp.wording.incidents import incident_text
from workflows.actions.given_up import DELIVER, START, STEP, TIMER, GivenUp

WHAT: Mapping[str, Any] = {
    START: _("Der Ablauf „%(process)s“ sollte beginnen."),
    DELIVER: _("Die Nachricht „%(step)s“ sollte ankommen."),
    TIMER: _("Im Ablauf „%(process)s“ sollte „%(step)s“ geschehen, denn die Zeit ist um."),
    STEP: _("Im Ablauf „%(process)s“ sollte der Schritt „%(step)s“ getan werden."),
}
RETIRED = _(
    "Von diesem Ablauf gilt keine Fassung mehr. Soll er wieder beginnen, muss in der Werkstatt erst wieder eine "
    "Fassung veröffentlicht werden; das machen die Prozessverantwortlichen. Versuchen Sie es danach hier noch einmal."
)
GOES_ON = _("Es wird weiter versucht. Bitte geben Sie dem Betrieb Bescheid; er braucht den Fehler.")
STOPPED = _(
    "Nach %(attempts)s Versuchen wurde aufgehört. Versuchen Sie es noch einmal. Bleibt es dabei, geben Sie dem Betrieb "
    "Bescheid; er braucht den Fehler."
)


def what_text(found: GivenUp) -> str:
    """What should have happened and did not."""
    return str(WHAT[found.what]) % {"process": found.process, "step": found.step}


def advice_text(found: GivenUp) -> str:
    """Why it did not, as far as that is known, and what to do."""
    if found.is_retired:
        return str(RETIRED)
    advice = str(GOES_ON if found.goes_on else STOPPED) % {"attempts": found.attempts}
    return f"{incident_text(found.reason)}. {advice}" if found.reason else advice
