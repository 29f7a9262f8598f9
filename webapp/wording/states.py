"""Words, tones and icons for states; a state is never shown by colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Word:
    """How a state is shown; ``tone`` is info, success, warning, danger or neutral, ``icon`` a KERN icon's name."""

    text: Any
    tone: str
    icon: str


def _waiting(text: Any) -> Word:
    return Word(text, "warning", "warning")


def _running(text: Any) -> Word:
    return Word(text, "info", "info")


def _good(text: Any) -> Word:
    return Word(text, "success", "success")


def _bad(text: Any) -> Word:
    return Word(text, "danger", "danger")


def _quiet(text: Any, icon: str = "check") -> Word:
    return Word(text, "neutral", icon)


STATES: Mapping[str, Mapping[str, Word]] = {
    "case": {
        "new": Word(_("Neu"), "info", "mail"),
        "in_progress": _running(_("In Bearbeitung")),
        "waiting": Word(_("Wartet auf Antwort"), "warning", "autorenew"),
        "answered": _good(_("Beantwortet")),
        "closed": _quiet(_("Abgeschlossen")),
        "withdrawn": _quiet(_("Zurückgezogen"), "close"),
    },
    "draft": {
        "open": _running(_("Offen")),
        "submitted": _waiting(_("Eingereicht")),
        "published": _good(_("Veröffentlicht")),
        "dropped": _quiet(_("Verworfen"), "close"),
    },
    "migration": {
        "planned": _waiting(_("Wird noch umgestellt")),
        "moved": _good(_("Umgestellt")),
        "refused": _bad(_("Nicht umgestellt")),
        "unchanged": _quiet(_("Läuft unverändert weiter")),
        "ended": _quiet(_("War schon zu Ende")),
        "failed": _bad(_("Fehlgeschlagen")),
        "returning": _waiting(_("Wird zurückgenommen")),
        "undone": _good(_("Zurückgenommen")),
        "gone_on": _waiting(_("Weitergegangen, bleibt umgestellt")),
    },
    "publication": {
        "submitted": _waiting(_("Wartet auf Freigabe")),
        "approved": _running(_("Freigegeben")),
        "refused": _bad(_("Abgelehnt")),
        "withdrawn": _quiet(_("Zurückgezogen"), "close"),
        "done": _good(_("In Kraft")),
    },
    "change": {
        "added": _good(_("neu")),
        "changed": _waiting(_("geändert")),
        "removed": _bad(_("entfällt")),
    },
    "trial": {"as_told": _good(_("Wie erzählt")), "differs": _bad(_("Geht anders aus"))},
    "version": {
        "live": _good(_("In Kraft")),
        "active": _running(_("Abgelöst, läuft aus")),
        "retired": _quiet(_("Außer Kraft"), "close"),
    },
    "application": {
        "advice": _running(_("Beratung")),
        "preparing": Word(_("Antrag in Arbeit"), "info", "edit"),
        "submitted": Word(_("Eingereicht"), "info", "mail"),
        "incomplete": _waiting(_("Es fehlt noch etwas")),
        "awarded": _good(_("Bewilligt")),
        "rejected": _bad(_("Abgelehnt")),
        "proven": _good(_("Nachgewiesen")),
        "withdrawn": _quiet(_("Zurückgezogen"), "close"),
        "closed": _quiet(_("Abgeschlossen")),
    },
    "referral": {
        "draft": _quiet(_("Entwurf"), "draft"),
        "sent": Word(_("Gesendet"), "info", "mail"),
        "seen": Word(_("Gesehen"), "info", "visibility"),
        "accepted": _good(_("Angenommen")),
        "declined": _bad(_("Abgelehnt")),
        "handed_on": Word(_("Weitergereicht"), "warning", "arrow-forward"),
        "expired": _waiting(_("Frist abgelaufen")),
        "withdrawn": _quiet(_("Zurückgezogen"), "close"),
        "in_contact": Word(_("Im Kontakt"), "info", "account-circle"),
        "reported": Word(_("Ergebnis gemeldet"), "success", "edit"),
        "confirmed": _good(_("Ergebnis bestätigt")),
        "considered": _good(_("Rückmeldung gegeben")),
        "closed": _quiet(_("Abgeschlossen")),
    },
    "task": {
        "open": _running(_("Offen")),
        "soon": _waiting(_("Bald fällig")),
        "overdue": _bad(_("Überfällig")),
        "done": _good(_("Erledigt")),
        "cancelled": _quiet(_("Entfallen"), "close"),
    },
    "mail": {
        "waiting": Word(_("Wartet"), "warning", "autorenew"),
        "sending": _running(_("Wird gesendet")),
        "sent": _good(_("Gesendet")),
        "failed": _bad(_("Nicht zustellbar")),
    },
    "capacity": {
        "open": _good(_("Nimmt Anfragen an")),
        "limited": _waiting(_("Wenig Platz")),
        "full": _bad(_("Zurzeit voll")),
        "unknown": _quiet(_("Nicht bekannt"), "help"),
        "retired": _quiet(_("Wird nicht mehr gefragt"), "close"),
    },
    "entry": {
        "current": _good(_("Aktuell")),
        "stale": _waiting(_("Länger nicht geprüft")),
        "listed": Word(_("Im Verzeichnis"), "info", "visibility"),
    },
    "list_row": {
        "new": _good(_("Wird aufgenommen")),
        "update": Word(_("Wird ergänzt"), "info", "edit"),
        "change": _waiting(_("Wird geändert")),
        "unchanged": _quiet(_("Steht schon da")),
        "duplicate": _waiting(_("Vielleicht schon da")),
        "error": _bad(_("Fehler")),
    },
    "contact": {"first": Word(_("Zuerst fragen"), "info", "mail")},
    "instance": {
        "running": _running(_("Läuft")),
        "completed": _good(_("Beendet")),
        "terminated": _quiet(_("Abgebrochen"), "close"),
    },
}

CODES: Mapping[str, Mapping[str, Any]] = {
    "role": {
        "coordinator": _("Koordination"),
        "leadership": _("Leitung"),
        "jury": _("Kommission oder Jury"),
        "office": _("Partnerstelle"),
        "process_owner": _("Prozessverantwortung"),
        "reviewer": _("Revision"),
        "admin": _("Betrieb"),
    },
    "turn": {"group:coordination": _("Wir"), "group:leadership": _("Leitung"), "group:jury": _("Kommission oder Jury")},
    "bundle_parts": {
        "diagram": _("Diagramme"),
        "form": _("Formulare"),
        "table": _("Entscheidungstabellen"),
        "text": _("Texte"),
        "translation": _("Übersetzungen"),
        "scenario": _("Szenarien"),
    },
    "trial_role": {
        "coordination": _("Koordination"),
        "leadership": _("Leitung"),
        "jury": _("Jury"),
        "jury_other": _("Zweites Jurymitglied"),
        "office": _("Anlaufstelle"),
        "contact": _("Ansprechperson der MO"),
    },
    "element_kind": {
        "user_task": _("Aufgabe"),
        "manual_task": _("Handarbeit"),
        "service_task": _("automatischer Schritt"),
        "script_task": _("Berechnung"),
        "business_rule_task": _("Entscheidung"),
        "send_task": _("Nachricht senden"),
        "receive_task": _("Nachricht abwarten"),
        "sub_process": _("Teilablauf"),
        "call_activity": _("aufgerufener Ablauf"),
        "exclusive_gateway": _("Verzweigung"),
        "parallel_gateway": _("gleichzeitige Wege"),
        "inclusive_gateway": _("mehrere Wege"),
        "event_based_gateway": _("was zuerst kommt"),
        "start_event": _("Beginn"),
        "end_event": _("Ende"),
        "intermediate_catch_event": _("Ereignis abwarten"),
        "intermediate_throw_event": _("Ereignis melden"),
        "boundary_event": _("Ereignis am Rand"),
        "flow": _("Weg"),
        "translation": "",
    },
    "draft_origin": {
        "owner": _("Aus der geltenden Fassung begonnen"),
        "delivered": _("Mit einer neuen Lieferung von Lotse gekommen"),
        "earlier": _("Aus einer früheren Fassung begonnen"),
        "import": _("Eingelesen"),
    },
    "publication_kind": {"publish": _("Veröffentlichung"), "retire": _("Außer Kraft setzen")},
    "publication_failed": {
        "draft_behind": _("Am vorgesehenen Tag galt schon eine andere Fassung."),
        "bundle_refused": _("Am vorgesehenen Tag hatte der Entwurf Fehler."),
        "version_retired": _("Die Fassung war schon außer Kraft."),
    },
    "actor": {"public": _("Anfragende"), "system": _("Lotse, automatisch")},
    "step": {
        "received": _("Anfrage eingegangen"),
        "in_progress": _("Wir bearbeiten Ihre Anfrage"),
        "office_asked": _("Wir haben eine Stelle um Hilfe gebeten"),
        "with_office": _("Eine Stelle kümmert sich"),
        "answered": _("Sie haben eine Antwort"),
        "closed": _("Abgeschlossen"),
        "withdrawn": _("Zurückgezogen"),
    },
    "outcome": {
        "helped": _("Es wurde geholfen"),
        "partly": _("Es wurde zum Teil geholfen"),
        "not_helped": _("Es konnte nicht geholfen werden"),
        "not_reached": _("Kein Kontakt zustande gekommen"),
        "no_need": _("Hilfe wird nicht mehr gebraucht"),
    },
    "confirmation": {"yes": _("Ja"), "no": _("Nein"), "no_answer": _("Keine Antwort")},
    "match": {
        "same_name": _("gleicher Name"),
        "similar_name": _("ähnlicher Name"),
        "same_address": _("gleiche Anschrift"),
        "same_email": _("gleiche E-Mail-Adresse"),
    },
    "organisation_kind": {
        "association": _("Organisation"),
        "umbrella": _("Dachverband"),
        "network": _("Netzwerk"),
    },
    "relation": {
        "umbrella": _("Mitglied im Dachverband"),
        "network": _("Teil des Netzwerks"),
        "partner": _("Arbeitet zusammen mit"),
    },
    "register_state": {
        "stale": _("Länger nicht geprüft"),
        "proposed": _("Änderung vorgeschlagen"),
        "listed": _("Im öffentlichen Verzeichnis"),
    },
    "survey": {
        "fast": _("Haben wir schnell genug geantwortet?"),
        "clear": _("War alles gut zu verstehen?"),
        "again": _("Würden Sie uns wieder fragen?"),
    },
    "answered_by": {"link": _("die Organisation selbst"), "coordination": _("Koordinierungsstelle")},
    "verdict": {
        "yes": _("passt"),
        "no": _("passt nicht"),
        "unclear": _("noch unklar"),
    },
    "column": {
        "organisation_name": _("Organisation"),
        "contact_name": _("Ansprechperson"),
        "contact_email": _("E-Mail"),
        "contact_phone": _("Telefon"),
        "topics": _("Themen"),
        "kind": _("Art"),
        "urgency": _("Dringlichkeit"),
        "language": _("Sprache"),
        "office_task": _("Aufgabe der Koordinierungsstelle"),
        "consent_share": _("Einwilligung in die Weitergabe"),
        "name": _("Name"),
        "email": _("E-Mail"),
        "phone": _("Telefon"),
        "languages": _("Sprachen"),
        "opening_times": _("Öffnungszeiten"),
        "documents": _("Unterlagen"),
        "is_active": _("Kann angefragt werden"),
        "note": _("Notiz"),
    },
    "placeholder": {
        "case.reference": _("Das Zeichen des Vorgangs"),
        "case.contact_name": _("Wer die Anfrage gestellt hat"),
        "case.organisation_name": _("Der Name der Organisation"),
        "case.opened_on": _("Der Tag, an dem die Anfrage kam"),
        "office.name": _("Der Name der Stelle"),
        "referral.reason": _("Warum verwiesen wird"),
        "referral.deadline_on": _("Bis wann die Stelle antworten soll"),
        "referral.sent_on": _("Wann die Verweisung verschickt wurde"),
        "referral.decline_reason": _("Weshalb die Stelle abgesagt hat"),
        "referral.outcome": _("Das Ergebnis der Verweisung"),
        "referral.consideration": _("Wie ein Bedarf berücksichtigt wird"),
    },
    "page": {
        "imprint": _("Impressum"),
        "privacy": _("Datenschutz"),
        "accessibility": _("Barrierefreiheit"),
    },
    "limit": {
        "enquiry": _("Anfragen über das Formular"),
        "organisation_link": _("Links zum eigenen Eintrag"),
        "sign_in": _("Anmeldungen"),
        "sign_in_link": _("Links zum Anmelden"),
        "upload": _("Dateien ohne Anmeldung"),
    },
    "token_scope": {"read": _("nur lesen"), "work": _("alles, was ich darf")},
    "tampering": {
        "edited": _("Eintrag wurde verändert"),
        "removed": _("Eintrag fehlt"),
        "reordered": _("Reihenfolge wurde geändert"),
        "truncated": _("Das Ende wurde abgeschnitten"),
    },
}


def status_word(kind: str, code: str) -> Word:
    """How state ``code`` of a ``kind`` is shown; an unknown one shows itself, so that nothing is hidden."""
    return STATES.get(kind, {}).get(code) or _quiet(code, "help")


def state_options(kind: str) -> list[dict[str, str]]:
    """The states of a ``kind`` as choices of a filter: key and name."""
    return [{"key": code, "name": str(word.text)} for code, word in STATES[kind].items()]


def relation_options() -> list[dict[str, str]]:
    """The ways in which one organisation belongs to another, as choices."""
    return [{"key": code, "name": str(word)} for code, word in CODES["relation"].items()]


def code_word(name: str, code: str | None) -> str:
    """The words for ``code`` of the small list ``name``; the code itself when there are none."""
    return str(CODES.get(name, {}).get(code or "", code or ""))
