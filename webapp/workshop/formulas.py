"""The formula editor: a decision that is an expression, with named steps on the way, and values to try."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.i18n import language
from webapp.security import row_id
from webapp.wording import problem_text
from webapp.workshop import formula_words, offered, overtaken
from webapp.workshop.forms import around
from webapp.workshop.table_words import options
from workflows import policy
from workflows.actions import workshop_decisions as kept
from workflows.actions.workshop_decisions import HeldFormula
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx
from workflows.decisions.formulas import LONGEST, MOST_STEPS, Formula, Step
from workflows.feel.messages import explain

workshop_formulas = Blueprint("workshop_formulas", __name__, url_prefix="/workshop/drafts/<int:draft_id>/formulas")

FORMULA = "/<decision>"


@view(workshop_formulas, "", who=policy.BUNDLE_EDIT, methods=("POST",))
def create(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """A new formula in a file of its own."""
    try:
        decision = kept.create(tx, draft_id, _words("name"))
    except Invalid:
        flash(_("Bitte schreiben Sie, wie das Ergebnis der Formel heißen soll."), "warning")
        return redirect(url_for("workshop_tables.index", draft_id=draft_id, _anchor="new-formula"))
    flash(_("Die Formel ist angelegt. Schreiben Sie jetzt, was sie ausrechnet."), "success")
    return redirect(url_for("workshop_formulas.formula", draft_id=draft_id, decision=decision))


@view(workshop_formulas, FORMULA, who=policy.BUNDLE_EDIT)
def formula(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """One formula."""
    held = kept.read(tx, draft_id, decision)
    return _page(tx, draft_id, held, held.formula)


@view(workshop_formulas, FORMULA, who=policy.BUNDLE_EDIT, methods=("POST",))
def save(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """Keep what was typed; a button at a step moves or removes it on the page, another adds one."""
    held = kept.read(tx, draft_id, decision)
    do = request.form.get("do", "")
    if do:
        return _page(tx, draft_id, held, _arranged(_typed(held, all_steps=True), do))
    typed = _typed(held)
    try:
        with overtaken.shown_again(lambda moved: _page(tx, draft_id, held, typed, moved=moved)):
            kept.save(tx, draft_id, kept.typed_in(held, typed, overtaken.read_from(held.revision)))
    except Invalid as error:
        raise Refusal(_page(tx, draft_id, held, typed, problems=error.problems), 422) from error
    flash(_("Gespeichert."), "success")
    return redirect(url_for("workshop_formulas.formula", draft_id=draft_id, decision=held.decision))


@view(workshop_formulas, f"{FORMULA}/try", who=policy.BUNDLE_EDIT, methods=("POST",))
def try_out(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """What comes out for some values, with the formula as it is typed; keeps nothing."""
    held = kept.read(tx, draft_id, decision)
    typed = _typed(held)
    try:
        changed = kept.typed_in(held, typed, held.revision)
    except Invalid as error:
        raise Refusal(_page(tx, draft_id, held, typed, problems=error.problems), 422) from error
    values = {name: request.form.get(f"v.{name}", "") for name in kept.asked(changed)}
    told = formula_words.told(kept.try_out(tx, changed, values), _spoken())
    return _page(tx, draft_id, changed, typed, values=values, told=told)


@view(workshop_formulas, f"{FORMULA}/check", who=policy.BUNDLE_EDIT, methods=("POST",))
def check(tx: Tx, draft_id: int, decision: str) -> ResponseReturnValue:
    """What is wrong with each field while it is being typed; keeps nothing."""
    held = kept.read(tx, draft_id, decision)
    typed = _typed(held)
    try:
        changed = kept.typed_in(held, typed, held.revision)
    except Invalid as error:
        # What is still empty is being typed; only a name that stands twice is worth a word.
        told = {name: wrong for name, wrong in error.problems.items() if wrong[0].code != "required"}
        return jsonify(problems={name: problem_text(wrong[0]) for name, wrong in told.items()}, unknown="")
    return jsonify(problems=_wrong(changed, typed), unknown=_unknown(tx, draft_id, changed))


def _words(name: str, most: int = 200) -> str:
    return " ".join(request.form.get(name, "")[:most].split())


def _typed(held: HeldFormula, *, all_steps: bool = False) -> Formula:
    """The formula as the page has it; steps without name and text are left out."""
    sent = request.form
    if "text" not in sent:
        return held.formula
    numbers = sorted({number for name in sent if name.startswith("step.") and (number := row_id(name[5:])) is not None})
    steps = [
        Step(_words(f"name.{number}"), _source(f"step.{number}"), row_id(sent.get(f"place.{number}", "")))
        for number in numbers[:MOST_STEPS]
    ]
    kind = _words("type")
    return replace(
        held.formula,
        text=_source("text"),
        type=kind if kind in formula_words.types(held) else held.formula.type,
        steps=tuple(each for each in steps if all_steps or each.name or each.text),
    )


def _source(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip().removeprefix("=").strip()[:LONGEST]


def _arranged(typed: Formula, do: str) -> Formula:
    """The steps after the button that was pressed; numbers count from 1."""
    what, _sign, number = do.partition(":")
    steps = list(typed.steps)
    index = (row_id(number) or 0) - 1
    if what == "add" and len(steps) < MOST_STEPS:
        steps.append(Step("", ""))
    elif what == "remove" and 0 <= index < len(steps):
        del steps[index]
    elif what == "up" and 0 < index < len(steps):
        steps[index - 1 : index + 1] = reversed(steps[index - 1 : index + 1])
    return replace(typed, steps=tuple(steps))


def _wrong(held: HeldFormula, typed: Formula) -> dict[str, str]:
    """What is no expression, by field."""
    wrong = {text: explain(error, _spoken()) for text, error in held.problems().items()}
    fields = {"text": typed.text, **{f"step.{number}": each.text for number, each in enumerate(typed.steps, 1)}}
    return {name: wrong[text] for name, text in fields.items() if text in wrong}


def _unknown(tx: Tx, draft_id: int, held: HeldFormula) -> str:
    names = kept.unknown(tx, draft_id, held)
    if not names:
        return ""
    return str(_("Das setzt vorher niemand, es ist immer leer: %(names)s", names=", ".join(names)))


def _spoken() -> str:
    return "de" if language().startswith("de") else "en"


def _page(
    tx: Tx,
    draft_id: int,
    held: HeldFormula,
    shown: Formula,
    *,
    moved: Conflict | None = None,
    problems: Mapping[str, Sequence[Any]] | None = None,
    values: Mapping[str, str] | None = None,
    told: Any = None,
) -> str:
    names = [{"name": each.name, "from": each.source} for each in kept.names(tx, draft_id, held)]
    return render_template(
        "workshop_decisions/formula.html",
        **around(tx, draft_id),
        held=held,
        shown=shown,
        types=options(formula_words.types(held)),
        names=names,
        offers=[*names, *offered.functions()],
        wrong=_wrong(held, shown),
        unknown=_unknown(tx, draft_id, held) if held.formula.is_simple else "",
        asked=[{"name": name, "value": (values or {}).get(name, "")} for name in kept.asked(held)],
        problems=problems or {},
        moved=moved,
        told=told,
    )
