"""The table editor: rules as a plain table to be changed cell by cell, findings at the rows, values to try."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import language
from webapp.security import row_id
from webapp.workshop import overtaken, table_words
from webapp.workshop.forms import around
from workflows import policy
from workflows.actions import workshop_decisions
from workflows.actions import workshop_tables as kept
from workflows.actions.workshop_tables import Held, Trial
from workflows.core.errors import Invalid, NotFound
from workflows.core.tx import Tx
from workflows.decisions.messages import explain_error
from workflows.decisions.sheets import MOST_RULES, Row
from workflows.feel.messages import explain

workshop_tables = Blueprint("workshop_tables", __name__, url_prefix="/workshop/drafts/<int:draft_id>/tables")

TABLE = "/<decision>"
NEW_ROW = "new"


@view(workshop_tables, "", who=policy.BUNDLE_EDIT)
def index(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Every table of the draft."""
    return _index(tx, draft_id, {})


@view(workshop_tables, "", who=policy.BUNDLE_EDIT, methods=("POST",))
def create(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """A new table."""
    name, source, result = (request.form.get(each, "")[:200] for each in ("name", "source", "result"))
    try:
        decision = kept.create(tx, draft_id, name, source, result)
    except Invalid as error:
        raise Refusal(_index(tx, draft_id, error.problems), 422) from error
    flash(_("Die Tabelle ist angelegt. Fügen Sie jetzt Zeilen hinzu."), "success")
    return redirect(_address(draft_id, decision))


@view(workshop_tables, TABLE, who=policy.BUNDLE_EDIT)
def table(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """One table with its rules; a finding about a formula leads here, too."""
    try:
        held = kept.read(tx, draft_id, decision)
    except NotFound:
        found = workshop_decisions.read(tx, draft_id, decision)
        return redirect(url_for("workshop_formulas.formula", draft_id=draft_id, decision=found.decision))
    return _table(tx, draft_id, held)


@view(workshop_tables, TABLE, who=policy.BUNDLE_EDIT, methods=("POST",))
def save(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """Keep all cells; a button at a row moves, copies or removes it on the way, another adds one."""
    held = kept.read(tx, draft_id, decision)
    rows = _arranged(held, _rows(held), request.form.get("do", ""))
    try:
        with overtaken.shown_again(lambda moved: _table(tx, draft_id, held, rows=rows, moved=moved)):
            kept.save(tx, draft_id, _typed_in(held, rows))
    except Invalid as error:
        raise Refusal(_table(tx, draft_id, held, rows=rows, problems=error.problems), 422) from error
    flash(_("Gespeichert."), "success")
    return redirect(_address(draft_id, decision, _anchor(request.form.get("do", ""))))


@view(workshop_tables, f"{TABLE}/columns", who=policy.BUNDLE_EDIT, methods=("POST",))
def columns(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """One column more, or one less; what was typed into the cells is kept with it."""
    held = kept.read(tx, draft_id, decision)
    rows = _rows(held)
    kind, _sign, number = request.form.get("remove", "").partition(":")
    index = row_id(number)
    try:
        with overtaken.shown_again(lambda moved: _table(tx, draft_id, held, rows=rows, moved=moved)):
            typed = _typed_in(held, rows)
            if index is not None:
                kept.remove_column(tx, draft_id, typed, kind, index)
            else:
                label, source = (request.form.get(name, "").strip()[:500] for name in ("label", "source"))
                kept.add_column(tx, draft_id, typed, request.form.get("kind", "input"), label, source)
    except Invalid as error:
        raise Refusal(_table(tx, draft_id, held, rows=rows, problems=error.problems), 422) from error
    flash(_("Gespeichert."), "success")
    return redirect(_address(draft_id, decision))


@view(workshop_tables, f"{TABLE}/try", who=policy.BUNDLE_EDIT, methods=("POST",))
def try_out(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """Which rules match some values, and what comes out, with the cells as they are typed; keeps nothing."""
    held = kept.read(tx, draft_id, decision)
    rows = _rows(held)
    values = {name: request.form.get(f"v.{name}", "") for name in kept.asked(held)}
    try:
        typed = _typed_in(held, rows)
    except Invalid as error:
        raise Refusal(_table(tx, draft_id, held, rows=rows, values=values, problems=error.problems), 422) from error
    trial = kept.tried(tx, typed.model, typed.sheet.decision, values)
    if "X-Fragment" in request.headers:
        told = table_words.told(typed, trial, _spoken())
        return jsonify(matched=sorted(trial.matched), heading=told.heading, sentences=told.sentences)
    return _table(tx, draft_id, typed, values=values, trial=trial, is_kept=typed.sheet == held.sheet)


def _typed_in(held: Held, rows: list[Row]) -> Held:
    """The table as the page has it, without rules what lies in the draft."""
    hit_policy = request.form.get("hit_policy", held.sheet.hit_policy)
    aggregation = request.form.get("aggregation", held.sheet.aggregation if "hit_policy" not in request.form else "")
    return kept.typed_in(held, rows, hit_policy, aggregation, overtaken.read_from(held.revision))


def _address(draft_id: int, decision: str, anchor: str | None = None) -> str:
    return url_for("workshop_tables.table", draft_id=draft_id, decision=decision, _anchor=anchor)


def _anchor(do: str) -> str | None:
    what, _sign, number = do.partition(":")
    place = row_id(number)
    if what == "add":
        return "rows-end"
    return None if place is None else f"row-{max(1, place + {'up': -1, 'down': 1}.get(what, 0))}"


def _rows(held: Held) -> list[Row]:
    """The rules as they were sent, in their order; without any, those of the draft."""
    sent = request.form
    numbers = sorted({number for name in sent if name.startswith("rule.") and (number := row_id(name[5:])) is not None})
    if not numbers:
        return list(held.sheet.rows)
    ins, outs, notes = (range(len(each)) for each in (held.sheet.inputs, held.sheet.outputs, held.sheet.notes))
    return [
        Row(
            id=sent[f"rule.{number}"][:200],
            inputs=tuple(_cell(f"in.{number}.{column}") for column in ins),
            outputs=tuple(_cell(f"out.{number}.{column}") for column in outs),
            notes=tuple(_cell(f"note.{number}.{column}") for column in notes),
        )
        for number in numbers[:MOST_RULES]
    ]


def _cell(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()[:5_000]


def _arranged(held: Held, rows: list[Row], do: str) -> list[Row]:
    """The rules after the button that was pressed; numbers count from 1."""
    what, _sign, number = do.partition(":")
    index = (row_id(number) or 0) - 1
    if what == "add":
        return [
            *rows,
            Row("", ("-",) * len(held.sheet.inputs), ("",) * len(held.sheet.outputs), ("",) * len(held.sheet.notes)),
        ]
    if not 0 <= index < len(rows):
        return rows
    row = rows[index]
    rest = rows[:index] + rows[index + 1 :]
    if what == "remove":
        return rest
    if what == "copy":
        return [*rows[: index + 1], Row("", row.inputs, row.outputs, row.notes), *rows[index + 1 :]]
    target = max(0, min(len(rest), index + {"up": -1, "down": 1}.get(what, 0)))
    return [*rest[:target], row, *rest[target:]]


def _index(tx: Tx, draft_id: int, problems: Problems) -> str:
    return render_template(
        "workshop_tables/index.html",
        **around(tx, draft_id),
        tables=kept.listed(tx, draft_id),
        names=workshop_decisions.titles(tx, draft_id),
        explained=lambda error: explain_error(error, _spoken()),
        policies=table_words.HIT_POLICIES,
        typed=request.form,
        problems=problems,
    )


def _spoken() -> str:
    return "de" if language().startswith("de") else "en"


def _table(tx: Tx, draft_id: int, held: Held, **more: Any) -> str:
    by_rule, general = table_words.findings(kept.found(tx, draft_id, held), _spoken())
    trial: Trial | None = more.pop("trial", None)
    wrong = {text: explain(error, _spoken()) for text, error in held.wrong_cells().items()}
    values = more.pop("values", {})
    return render_template(
        "workshop_tables/table.html",
        **around(tx, draft_id),
        held=held,
        sheet=held.sheet,
        rows=more.pop("rows", held.sheet.rows),
        by_rule=by_rule,
        general=general,
        wrong=wrong,
        policies=table_words.options(table_words.HIT_POLICIES),
        aggregations=table_words.options(table_words.AGGREGATIONS),
        asked=[{"name": name, "value": values.get(name, "")} for name in kept.asked(held)],
        matched=trial.matched if trial else frozenset(),
        told=table_words.told(held, trial, _spoken()) if trial else None,
        **{"problems": {}, "moved": None, "is_kept": True, **more},
    )
