"""What only the installation knows about itself and the pages the law asks for must name: read from the environment.

A page names a fact by its German label in double square brackets: ``[[Name der Stadt]]``.
"""

import re
from collections.abc import Mapping

Facts = Mapping[str, str]
"""Values by label."""

# The settings behind each label of the pages delivered; several are joined.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "Name der Stadt": ("LOTSE_CITY",),
    "Straße, Postleitzahl, Ort": ("LOTSE_ADDRESS",),
    "Telefonnummer": ("LOTSE_PHONE",),
    "Telefon": ("LOTSE_PHONE",),
    "Adresse": ("LOTSE_REPLY_TO",),
    "E-Mail": ("LOTSE_REPLY_TO",),
    "Anschrift, Telefon, E-Mail": ("LOTSE_ADDRESS", "LOTSE_PHONE", "LOTSE_REPLY_TO"),
    "Vertretungsberechtigte Person": ("LOTSE_REPRESENTED_BY",),
    "Name und Anschrift": ("LOTSE_RESPONSIBLE",),
    "Anschrift und E-Mail der oder des behördlichen Datenschutzbeauftragten": ("LOTSE_PRIVACY_OFFICER",),
    "Frist": ("LOTSE_KEPT_FOR",),
    "Liste": ("LOTSE_BARRIERS",),
    "Datum": ("LOTSE_BARRIERS_CHECKED_ON",),
}

# What a demonstration says of itself where nothing is set: plainly invented.
INVENTED: Mapping[str, str] = {
    "LOTSE_CITY": "Landeshauptstadt Wiesbaden (Vorführung)",
    "LOTSE_ADDRESS": "Musterstraße 1, 00000 Musterstadt",
    "LOTSE_PHONE": "0611 000000",
    "LOTSE_REPLY_TO": "koordination@lotse.example",
    "LOTSE_REPRESENTED_BY": "die Oberbürgermeisterin oder der Oberbürgermeister",
    "LOTSE_RESPONSIBLE": "Koordinierungsstelle, Musterstraße 1, 00000 Musterstadt",
    "LOTSE_PRIVACY_OFFICER": "Musterstraße 2, 00000 Musterstadt, datenschutz@lotse.example",
    "LOTSE_KEPT_FOR": "drei Jahre",
    "LOTSE_BARRIERS": "keine bekannt (Vorführung)",
    "LOTSE_BARRIERS_CHECKED_ON": "1. November 2026",
}

# What pages delivered once offered in brackets: words, no facts of the house. Stored pages may still have them.
FORMER_WORDS = frozenset({"weitgehend"})

_GAP = re.compile(r"\[\[(.+?)\]\]")


def read(environ: Mapping[str, str], *, demo: bool = False) -> Facts:
    """The facts whose settings are all there."""
    given = {name: value.strip() for name, value in environ.items() if name in INVENTED and value.strip()}
    found = {**INVENTED, **given} if demo else given
    return {
        label: ", ".join(found[name] for name in names)
        for label, names in SETTINGS.items()
        if all(name in found for name in names)
    }


def filled(text: str, facts: Facts, otherwise: str) -> str:
    """The text with its facts, and with ``otherwise`` where one is missing."""
    return _GAP.sub(lambda gap: gap[1] if gap[1] in FORMER_WORDS else facts.get(gap[1], otherwise), text)


def gaps(text: str, facts: Facts) -> list[str]:
    """The labels of a text that nobody has said anything about, in its order, each once."""
    return [label for label in dict.fromkeys(_GAP.findall(text)) if label not in facts.keys() | FORMER_WORDS]
