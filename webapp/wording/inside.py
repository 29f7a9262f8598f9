"""Problems of fields that only staff ever see; those of public forms are in ``problems``."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

INSIDE: Mapping[str, Any] = {
    "not_in_register": _(
        "Dieser Name steht nicht im Register. Wählen Sie einen Vorschlag, oder lassen Sie das Feld leer."
    ),
    "start_values": _("Das ist nicht lesbar oder passt nicht zum Beginn. Schreiben Sie je Zeile „name: wert“."),
    "scenario_name": _("Bitte nur kleine Buchstaben von a bis z, Ziffern und Unterstriche."),
    "scenario_taken": _("So heißt schon ein Szenario. Bitte wählen Sie einen anderen Namen."),
    "group_of_coordinator": _(
        "Bitte wählen Sie auch die Gruppe Koordination. Ohne sie bekommt die Person keine Aufgaben."
    ),
    "group_of_jury": _("Bitte wählen Sie auch die Kommission oder Jury, in der die Person entscheidet."),
    "group_of_office": _("Bitte wählen Sie auch die Stelle, für die die Person arbeitet."),
    "unknown_old_step": _("Kein laufender Vorgang hat in seiner Fassung einen Schritt „%(step)s“."),
    "unknown_new_step": _("Die Fassung, auf die umgestellt wird, hat keinen Schritt „%(step)s“."),
    "not_a_pair": _("„%(text)s“ ist keine Zuordnung. Schreiben Sie ALT=NEU mit den Kennungen der Schritte."),
    "name_twice": _("Diesen Namen gibt es hier schon. Bitte nehmen Sie einen anderen."),
    "name_inside": _(
        "So heißt schon ein Schritt oder eine Angabe innerhalb einer Entscheidung, die diese hier braucht. Bitte "
        "nehmen Sie einen anderen Namen."
    ),
    "name_unreadable": _(
        "So kann in Formeln nichts heißen. Bitte beginnen Sie mit einem Buchstaben, und nehmen Sie kein Wort der "
        "Sprache wie „if“ oder „true“."
    ),
    "needs_itself": _("So bräuchte die Entscheidung am Ende sich selbst. Bitte nehmen Sie ein Häkchen weg."),
    "decision_unreadable": _("Die Datei lässt sich nicht lesen. Im Überblick des Entwurfs steht, woran es liegt."),
    "mapped_twice": _("Für „%(step)s“ stehen zwei verschiedene Ziele da. Bitte nennen Sie nur eines."),
}
