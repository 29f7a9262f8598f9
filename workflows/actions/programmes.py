"""The programmes of the funding as the office keeps them: figures, deadlines, pots, each with its source."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflows import policy
from workflows.actions import house_forms
from workflows.core.errors import Conflict, Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import codes, people, programmes
from workflows.domain.programmes import EDITABLE, Programme
from workflows.forms import Field

FORM, FIGURES = "programme", "programme_figure"
COMMON_YEAR = 2025

Values = Mapping[str, Any]


def read(tx: Tx, programme_id: int) -> Programme:
    """One programme for whoever may change it; raises ``NotFound``."""
    return policy.get(tx, policy.PROGRAMME_EDIT, Programme, programme_id)


def form(tx: Tx, language: str, programme_id: int, values: Values | None = None) -> list[Field]:
    """The form of a programme, filled with ``values`` or what is known; raises ``NotFound``."""
    programme = read(tx, programme_id)
    values = _current(tx, programme) if values is None else values
    return house_forms.drawn(tx, FORM, values, language, _facts(tx, programme, language))


def edit(tx: Tx, programme_id: int, values: Values, language: str = "de") -> Programme:
    """Keep what was typed; it counts as checked today. Raises ``NotFound`` and, in ``language``, ``Invalid``."""
    programme = read(tx, programme_id)
    typed = house_forms.checked(tx, FORM, values, _facts(tx, programme, language))
    changed = {name: "" if typed.get(name) is None else typed[name] for name in EDITABLE & typed.keys()}
    changed["quorum"] = int(typed["quorum"])
    changed["conditions"] = [row["condition"] for row in typed.get("conditions") or []]
    changed["documents"] = list(typed.get("documents") or [])
    changed["amounts"] = _figures(programme, typed.get("figures") or [], _figure_names(tx, programme, language))
    changed["deadline_rule"] = _deadline_rule(typed)
    programmes.edit(tx, programme.key, **changed)
    if typed.get("pot_total") is not None:
        _set_pot(tx, programme, typed)
    return programme


def _facts(tx: Tx, programme: Programme, language: str) -> dict[str, Any]:
    """What the form reads of the house: who could decide on this programme, which figures there are."""
    names = people.group_names(tx.session)
    juries = [{"value": key, "label": names[key]} for key in people.working_groups("jury", names)]
    figures = [{"value": key, "label": name} for key, name in _figure_names(tx, programme, language).items()]
    return {"decision": programme.decision, "juries": juries, "figure_names": figures}


def _figure_names(tx: Tx, programme: Programme, language: str) -> dict[str, str]:
    """The figures of the list and those the programme has besides, which are called by their keys."""
    listed = {option.value: option.label for option in codes.options(tx.session, FIGURES, language)}
    return listed | {key: codes.label(tx.session, FIGURES, key, language) for key in programme.amounts}


def _current(tx: Tx, programme: Programme) -> dict[str, Any]:
    rule, year = programme.deadline_rule, tx.now.year
    pot = programmes.pot(tx.session, programme.id, year)
    return {
        **{name: getattr(programme, name) for name in EDITABLE},
        "conditions": [{"condition": condition} for condition in programme.conditions],
        "figures": [{"figure": name, "value": value} for name, value in programme.amounts.items()],
        "deadline_day": rule.get("day"),
        "deadline_month": rule.get("month"),
        "for_next_year": bool(rule.get("for_next_year")),
        "weeks_before_start": rule.get("weeks_before_start"),
        "pot_year": Decimal(year),
        "pot_total": pot.total if pot else None,
    }


def _figures(programme: Programme, rows: list[Values], names: Mapping[str, str]) -> dict[str, object]:
    """Values may change and figures may be added; those the tables of the bundle read by name stay."""
    found: dict[str, object] = {row["figure"]: row["value"] for row in rows}
    if len(found) != len(rows) or not programme.amounts.keys() <= found.keys():
        wanted = ", ".join(names[key] for key in programme.amounts)
        raise Invalid({"figures": (Problem("figures_missing", {"figures": wanted}),)})
    return found


def _deadline_rule(typed: Values) -> dict[str, Any]:
    if typed.get("weeks_before_start") is not None:
        return {"weeks_before_start": int(typed["weeks_before_start"])}
    if typed.get("deadline_day") is None and typed.get("deadline_month") is None:
        return {}
    try:
        day = date(COMMON_YEAR, int(typed["deadline_month"]), int(typed["deadline_day"]))
    except (TypeError, ValueError) as error:
        raise Invalid({"deadline_day": (Problem("not_a_date"),)}) from error
    return {"month": day.month, "day": day.day, **({"for_next_year": True} if typed.get("for_next_year") else {})}


def _set_pot(tx: Tx, programme: Programme, typed: Values) -> None:
    if typed.get("pot_year") is None:
        raise Invalid({"pot_year": (Problem("required"),)})
    year, total = int(typed["pot_year"]), typed["pot_total"]
    known = programmes.pot(tx.session, programme.id, year)
    if known is not None and known.total == total:
        return
    try:
        programmes.set_pot(tx, programme.key, year, total)
    except Conflict as conflict:
        raise Invalid({"pot_total": (Problem("too_small", {"min": conflict.facts["promised"]}),)}) from conflict
