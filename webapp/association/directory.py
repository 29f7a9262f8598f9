"""The public directory: who agreed to be found, with what they agreed to."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access import PUBLIC, view
from webapp.register import shown as register
from webapp.wording.lists import Words
from workflows.actions import directory as listed
from workflows.core.tx import Tx

directory = Blueprint("directory", __name__)


@view(directory, "/verzeichnis", who=PUBLIC)
def index(tx: Tx) -> ResponseReturnValue:
    """The listed associations by name; the address says which."""
    asked = {name: request.args.get(name, "")[:200] for name in ("q", "topic", "spoken", "district")}
    found = listed.find(tx, listed.Filter(asked["q"], asked["topic"], asked["spoken"], asked["district"]))
    word = Words(tx, register.LISTS)
    return render_template(
        "association/directory.html",
        entries=[{"name": entry.name, "rows": _rows(word, entry)} for entry in found],
        choices=register.choices(tx),
        **asked,
    )


def _rows(word: Words, entry: listed.Listed) -> list[register.Row]:
    """What it agreed to publish, without date and source: those are ours."""
    rows = [row for group in register.groups(word, entry.values) for row in group["rows"]]
    return [{"label": row["label"], "value": row["value"]} for row in rows]
