"""Files somebody adds to a case, from its page or from a task's: each is kept or refused for itself, and said so."""

from collections.abc import Callable, Iterable

from flask import flash
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from webapp.wording import problem_text
from workflows.actions.attachments import Upload
from workflows.core.errors import Invalid


def add(sent: Iterable[FileStorage], attach: Callable[[Upload], object]) -> None:
    """Have each file that was chosen attached."""
    for given in sent:
        if not given.filename:
            continue
        try:
            attach(Upload(given.filename, given.stream))
        except Invalid as error:
            for problem in error.problems["file"]:
                flash(f"{given.filename}: {problem_text(problem)}", "danger")
        else:
            flash(_("Die Datei „%(name)s“ ist gespeichert.", name=given.filename), "success")
