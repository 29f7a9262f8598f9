"""Lists: many associations taken into the register from a table, and the register in numbers as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.access import Refusal, view
from webapp.csv_file import csv_answer
from webapp.register import shown
from webapp.security import row_id
from webapp.wording import error_text
from webapp.wording.list_problems import list_problem
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import register_import, register_statistics, register_table
from workflows.actions.register_import import Planned
from workflows.actions.register_people import Person
from workflows.actions.register_statistics import REST
from workflows.core.errors import Conflict, Invalid, Problem
from workflows.core.tx import Tx

# What a row may come to, as the page counts it.
STATES = ("new", "update", "change", "duplicate", "error")

# What becomes of the contact persons a row names.
PEOPLE: Mapping[str, Any] = {
    "new": _l("Neue Ansprechperson:"),
    "known": _l("Ansprechperson, die schon eingetragen ist und so bleibt:"),
    "left": _l("Hat sich ausgetragen und wird nicht wieder eingetragen:"),
}

register_lists = Blueprint("register_lists", __name__)


@view(register_lists, "/register/import", who=policy.ORGANISATION_EDIT)
def choose(tx: Tx) -> ResponseReturnValue:
    """Where a list is sent, and what its columns may be called."""
    return _form(())


@view(register_lists, "/register/import", who=policy.ORGANISATION_EDIT, methods=("POST",))
def send(tx: Tx) -> ResponseReturnValue:
    """Keep the list and show what it would do."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid({"file": (Problem("required_file"),)})
        key = register_import.upload(tx, sent.stream.read(register_table.LARGEST + 1))
    except Invalid as error:
        raise Refusal(_form([problem for found in error.problems.values() for problem in found]), 422) from error
    return redirect(url_for("register_lists.preview", key=key))


@view(register_lists, "/register/import/<key>", who=policy.ORGANISATION_EDIT)
def preview(tx: Tx, key: str) -> ResponseReturnValue:
    """What every row would do; nothing is written."""
    return _preview(tx, key)


@view(register_lists, "/register/import/<key>", who=policy.ORGANISATION_EDIT, methods=("POST",))
def take(tx: Tx, key: str) -> ResponseReturnValue:
    """Write the ticked rows, all or none."""
    given = [text.partition("-") for text in request.form.getlist("row")]
    ticked = {row_id(number) or 0: state for number, _dash, state in given}
    try:
        added, changed = register_import.take(tx, key, ticked)
    except Conflict as error:
        raise Refusal(_preview(tx, key, error_text(error.code, error.facts) or "", ticked), 409) from error
    flash(_("%(added)s aufgenommen, %(changed)s geändert.", added=added, changed=changed), "success")
    return redirect(url_for("register.index"))


@view(register_lists, "/register/statistics.csv", who=policy.ORGANISATION_READ)
def statistics(tx: Tx) -> ResponseReturnValue:
    """Numbers nobody can be told from, for the statistics office."""
    word, fields = Words(tx, shown.LISTS), {field.key: field for field in register_statistics.exported()}

    def said(name: str, key: str) -> str:
        own = {REST: _("übrige"), "": _("keine Angabe")}
        return own.get(key) or word(fields[name].code_list, key)

    head = [_("Stadtteil"), _("Rechtsform"), _("Merkmal"), _("Ausprägung"), _("Organisationen")]
    rows = [
        [
            said("district", line.district),
            said("legal_form", line.legal_form),
            shown.label(line.attribute) if line.attribute else _("alle"),
            said(line.attribute, line.value) if line.attribute else "",
            line.count,
        ]
        for line in register_statistics.counted(tx)
    ]
    return csv_answer("organisationen-statistik", [head, *rows])


def _form(problems: Sequence[Problem]) -> str:
    return render_template(
        "register/import.html",
        problems=[list_problem(problem) for problem in problems],
        columns=[shown.label(key) for key in (*register_table.columns(), *register_table.people_columns())],
        most_rows=register_table.MOST_ROWS,
    )


def _preview(tx: Tx, key: str, problem: str = "", ticked: dict[int, str] | None = None) -> str:
    plan, word = register_import.preview(tx, key), Words(tx, shown.LISTS)
    rows = [_row(word, row, ticked) for row in plan]
    counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
    return render_template(
        "register/preview.html",
        key=key,
        problem=problem,
        rows=rows,
        counts=[{"state": state, "count": count} for state, count in counts.items() if count],
        can_take=any(row.state in register_import.WRITTEN for row in plan),
    )


def _row(word: Words, row: Planned, ticked: dict[int, str] | None) -> dict[str, Any]:
    fields = register_table.columns()
    wanted = row.state in ("new", "update") if ticked is None else row.number in ticked
    return {
        "number": row.number,
        "name": row.name,
        "state": "change" if row.before else row.state,
        "value": f"{row.number}-{row.state}" if row.state in register_import.WRITTEN else None,
        "is_ticked": wanted,
        "url": url_for("register.detail", organisation_id=row.known.id) if row.known else None,
        "near": shown.matches(row.near),
        "changes": [shown.label(name) for name in row.values or () if row.known and name not in row.before],
        "replaced": [
            {
                "name": shown.label(name),
                "before": shown.words(word, fields.get(name), before),
                "after": shown.words(word, fields.get(name), (row.values or {})[name]),
            }
            for name, before in row.before.items()
        ],
        "people": [_person(word, each) for each in row.people],
        "kept": [shown.label(name) for name in row.kept],
        "problems": [
            " – ".join(filter(None, (shown.label(name) if name else "", list_problem(problem))))
            for name, problem in row.problems
        ],
    }


def _person(word: Words, person: Person) -> dict[str, str]:
    told, values = PEOPLE[person.state], person.values
    role, language = word("contact_role", values["role"]), word("language", values.get("language") or "de")
    facts = (values["name"], role, values.get("email"), values.get("phone"), language)
    return {"told": str(told), "facts": ", ".join(fact for fact in facts if fact)}
