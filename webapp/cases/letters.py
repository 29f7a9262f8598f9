"""A letter as its page draws it."""

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.i18n import NAMES, direction, locale_of, tag
from workflows.core.clock import BERLIN
from workflows.domain.cases import Case
from workflows.domain.letters import Letter


def page(case: Case, letter: Letter) -> dict[str, Any]:
    """The variables of the page; sender and labels are said in the letter's own language."""
    language = letter.language if letter.language in NAMES else "de"
    with force_locale(locale_of(language)):
        words = {"sender": _("Koordinierungsstelle für Migrantenorganisationen"), "reference": _("Vorgang")}
    return {
        "case": {"id": case.id, "reference": case.reference},
        "letter": letter,
        "written_on": letter.created_at.astimezone(BERLIN).date(),
        "words": words,
        "tag": tag(language),
        "dir_of_letter": direction(language),
    }
