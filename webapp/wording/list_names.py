"""What the code lists of the house are called by people: their keys are for programs."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

LIST_NAMES: Mapping[str, Any] = {
    "application_status": _("Stand eines Förderantrags"),
    "case_confirmation": _("Hat es geholfen? (sagt, wer angefragt hat)"),
    "case_outcome": _("Ergebnis eines Vorgangs"),
    "case_status": _("Stand eines Vorgangs"),
    "channel": _("Wie eine Anfrage kommt"),
    "choice": _("Worum es in einer Anfrage geht"),
    "confirmation": _("Bestätigung nach einer Verweisung"),
    "consideration": _("Antwort auf eine Bedarfsmeldung"),
    "contact_kind": _("Art eines Kontakts"),
    "contact_role": _("Rolle in einer Organisation"),
    "decline_reason": _("Grund einer Absage"),
    "district": _("Stadtteile"),
    "funding_document": _("Unterlagen für eine Förderung"),
    "funding_field": _("Bereiche der Förderung"),
    "funding_purpose": _("Wofür das Geld ist"),
    "glossary": _("Erklärte Wörter"),
    "integration_goal": _("Ziele der Integration"),
    "kind": _("Art einer Anfrage"),
    "language": _("Sprachen der Seiten und Mails"),
    "legal_basis": _("Rechtsgrundlage einer Weitergabe"),
    "legal_form": _("Rechtsform einer Organisation"),
    "offer": _("Angebote einer Organisation"),
    "office": _("Anlaufstellen"),
    "office_capacity": _("Hat eine Anlaufstelle noch Platz?"),
    "office_task": _("Aufgaben der Koordinierungsstelle"),
    "only_purpose": _("Einziger Zweck einer Organisation"),
    "programme": _("Förderprogramme"),
    "programme_figure": _("Kennwerte der Förderprogramme"),
    "reach": _("Wo eine Organisation arbeitet"),
    "referral_answer": _("Antwort einer Anlaufstelle"),
    "referral_outcome": _("Ergebnis einer Verweisung"),
    "referral_status": _("Stand einer Verweisung"),
    "region": _("Wo ein Vorhaben wirkt"),
    "seat": _("Sitz einer Organisation"),
    "share": _("Angaben, die eine Anlaufstelle bekommt"),
    "share_band": _("Anteile (zum Beispiel der Frauen)"),
    "size_band": _("Größe einer Organisation"),
    "spoken_language": _("Gesprochene Sprachen"),
    "staff": _("Wer in einer Organisation arbeitet"),
    "support_level": _("Wie eng begleitet wird"),
    "target_group": _("Zielgruppen"),
    "topic": _("Themen"),
    "urgency": _("Dringlichkeit"),
    "value_source": _("Woher eine Angabe im Register stammt"),
    "way": _("Was mit einer Anfrage geschieht"),
    "yes_no_unknown": _("Ja, nein, weiß nicht"),
}


def list_name(key: str) -> str:
    """The name of a code list; a list made later is called by its key."""
    return str(LIST_NAMES.get(key, key))
