"""Where a scenario and its process part, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from webapp.wording.errors import error_text
from webapp.wording.incidents import incident_text
from webapp.wording.states import status_word
from workflows.actions.coverage import Place, Untaken
from workflows.actions.play import Deviation

DEVIATIONS: Mapping[str, Any] = {
    "tasks_differ": _("Erwartet waren diese offenen Aufgaben: %(expected)s. Offen sind: %(found)s."),
    "mails_differ": _("Erwartet waren E-Mails von: %(expected)s. Geschrieben wurden sie von: %(found)s."),
    "letters_differ": _("Erwartet waren Briefe von: %(expected)s. Geschrieben wurden sie von: %(found)s."),
    "entries_differ": _("Erwartet waren Einträge im Register von: %(expected)s. Gemacht wurden sie von: %(found)s."),
    "path_differs": _("Erwartet war der Weg über %(expected)s. Gegangen wurde: %(found)s."),
    "status_differs": _("Erwartet war der Stand „%(expected)s“, es ist „%(found)s“."),
    "outcome_differs": _("Erwartet war das Ergebnis „%(expected)s“, es ist „%(found)s“."),
    "referrals_differ": _("Erwartet waren die Verweisungen %(expected)s, es sind %(found)s."),
    "application_differs": _("Erwartet war der Förderantrag „%(expected)s“, er ist „%(found)s“."),
    "not_ended": _("Der Ablauf sollte zu Ende sein. Es laufen noch: %(running)s."),
    "ended_early": _("Der Ablauf sollte noch laufen, er ist aber zu Ende."),
    "incident": _("Der Schritt „%(element)s“ bleibt hängen: %(problem)s."),
    "task_not_open": _("Die Aufgabe „%(task)s“ ist nicht offen. Offen sind: %(open)s."),
    "referral_unknown": _("Eine Verweisung an „%(office)s“ gibt es hier nicht."),
    "message_unknown": _("Auf eine Nachricht „%(message)s“ wartet kein Ablauf. Es gibt diese: %(known)s."),
    "office_unknown": _("Die Stelle „%(office)s“ gibt es in diesem Haus nicht."),
    "person_unknown": _("Die Person „%(person)s“ gibt es in Szenarien nicht."),
    "trial_too_slow": _(
        "Das dauert länger als %(seconds)s Sekunden und wurde abgebrochen, damit niemand darauf warten muss."
    ),
    "endless_scenario": _("Der Ablauf dreht sich im Kreis; nach %(turns)s Schritten wurde abgebrochen."),
    "invalid": _("Das Formular nimmt die Angaben nicht an: %(fields)s."),
}
#: The deviations whose facts are states, and of what.
STATES_OF: Mapping[str, str] = {
    "status_differs": "case",
    "referrals_differ": "referral",
    "application_differs": "application",
}

#: A place of a diagram without a name; with the first name behind it, and where nothing behind it has one.
NAMELESS: Mapping[str, tuple[Any, Any]] = {
    "join": (_("Zusammenführung vor „%(next)s“"), _("Zusammenführung")),
    "fork": (_("Verzweigung vor „%(next)s“"), _("Verzweigung")),
    "start": (_("Beginn vor „%(next)s“"), _("Beginn")),
    "end": (_("Ende"), _("Ende")),
    "step": (_("Schritt ohne Namen vor „%(next)s“"), _("Schritt ohne Namen")),
}


def way_text(way: Untaken) -> str:
    """A flow by the names of its ends."""
    return f"{place_text(way.source)} → {place_text(way.target)}" + (f" ({way.label})" if way.label else "")


def place_text(place: Place) -> str:
    """The name of a place, or where it stands."""
    before, alone = NAMELESS[place.what]
    return place.name or (str(before) % {"next": place.next_name} if place.next_name else str(alone))


def deviation_text(deviation: Deviation) -> str:
    """One sentence about what went another way than told."""
    words = DEVIATIONS.get(deviation.code)
    if words is None:
        return error_text(deviation.code, deviation.facts) or deviation.code
    noun = STATES_OF.get(deviation.code)
    facts = _Facts({name: _told(_state(noun, value)) for name, value in deviation.facts.items()})
    if deviation.code == "incident":
        facts["problem"] = incident_text(deviation.facts)
    return str(words) % facts


def _state(noun: str | None, value: object) -> object:
    """What a case, a referral or an application has come to, in words."""
    if noun is None or not value:
        return value
    if isinstance(value, Mapping):
        return {office: _state(noun, each) for office, each in value.items()}
    return status_word(noun, str(value)).text


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _told(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {each}" for name, each in value.items()) or "–"
    return str(value)
