"""Where a finding is to be seen: the page of the draft that shows it, and how people call that place."""

from pathlib import PurePosixPath

from flask import url_for
from flask_babel import gettext as _

from webapp.i18n import NAMES
from workflows.engine.bundle import SCENARIO
from workflows.engine.findings import Finding

KINDS = {".bpmn": "diagram", ".form": "form", ".dmn": "table"}


def called(found: Finding) -> str:
    """The name of the place: that of the element, or what the file is."""
    stem = PurePosixPath(found.file).name.partition(".")[0]
    names = {
        "form": _("Formular „%(name)s“", name=stem),
        "table": _("Entscheidungstabelle „%(name)s“", name=found.element or stem),
        "text": _("Text „%(name)s“", name=stem),
        "translation": _("Übersetzungen: %(language)s", language=NAMES.get(stem, stem)),
        "scenario": _("Szenario „%(name)s“", name=stem),
        "diagram": found.element or _("Diagramm"),
    }
    return str(found.facts.get("name") or names[kind_of(found.file)])


def url(draft_id: int, found: Finding) -> str:
    """The page where it can be mended."""
    stem, kind = PurePosixPath(found.file).name.partition(".")[0], kind_of(found.file)
    if kind == "diagram":
        return url_for("workshop_diagram.edit", draft_id=draft_id, file=found.file, element=found.element or None)
    if kind == "form":
        return url_for("workshop_forms.form", draft_id=draft_id, form_id=stem)
    if kind == "table" and found.element:
        return url_for("workshop_tables.table", draft_id=draft_id, decision=found.element)
    if kind == "text":
        return url_for("workshop_texts.show", draft_id=draft_id, text=stem)
    if kind == "translation" and stem in NAMES:
        return url_for("workshop_translations.table", draft_id=draft_id, language=stem)
    rooms = {"table": "workshop_tables.index", "scenario": "workshop_trials.index"}
    return url_for(rooms.get(kind, "workshop_translations.index"), draft_id=draft_id)


def kind_of(path: str) -> str:
    """What a file of a bundle is."""
    if SCENARIO.fullmatch(path):
        return "scenario"
    folder = path.partition("/")[0]
    return {"texts": "text", "translations": "translation"}.get(folder) or KINDS[path[path.rindex(".") :]]
