"""Automatic activities: operators, scripts in FEEL, decisions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from workflows.core import killpoints
from workflows.core.errors import LotseError
from workflows.decisions import DecisionError, DecisionResult
from workflows.engine.catalogue import BpmnError, Call, Operator
from workflows.engine.dialect.model import Element
from workflows.engine.faults import StateMoved, Stuck
from workflows.engine.tokens import Token
from workflows.feel import FeelBudgetError

if TYPE_CHECKING:
    from workflows.engine.run import Run


def service_task(run: "Run", token: Token, element: Element) -> bool:
    """Call the operator the task names."""
    call_operator(run, token, element)
    return True


def call_operator(run: "Run", token: Token, element: Element) -> None:
    """Call the element's operator and take its results; raises ``BpmnError`` or ``Stuck``, its changes undone."""
    operator = run.engine.operators.get(element.operator or "")
    if operator is None:
        raise Stuck("unknown_operator", operator=element.operator)
    inputs = dict(run.scopes.own(token.id.hex))
    missing = [each.name for each in operator.parameters if each.required and inputs.get(each.name) is None]
    if missing:
        raise Stuck("input_missing", operator=operator.name, inputs=missing)
    call = Call(inputs, run.instance_id, run.subject, run.process_key, element.id, token.id.hex, run.definition)
    run.lock()
    killpoints.reach("before_operator")
    _under_savepoint(run, token, operator, call)
    killpoints.reach("after_operator")


def _under_savepoint(run: "Run", token: Token, operator: Operator, call: Call) -> None:
    """What the operator did stays only if its results could be taken: a retry must not do it twice."""
    savepoint = run.tx.session.begin_nested()
    try:
        run.conclude(token, operator.run(run.tx, call) or {})
        savepoint.commit()
    except (BpmnError, Stuck):
        savepoint.rollback()
        raise
    except (OperationalError, InterfaceError, InternalError, StateMoved):
        # The database went away or chose this transaction as a victim: nothing an incident could be written with.
        raise
    except LotseError as error:
        savepoint.rollback()
        raise Stuck("operator_refused", operator=operator.name, problem=error.code, **_plain(error.facts)) from error
    except Exception as error:
        # Whatever an operator fails with must not take the other branches of the instance along.
        savepoint.rollback()
        kind = type(error).__name__
        raise Stuck("operator_failed", operator=operator.name, error=kind, message=_told(error)[:500]) from error


def _plain(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: _told(value) for name, value in facts.items() if name not in {"operator", "problem", "code"}}


def _told(value: object) -> str:
    """Its words, or none: what cannot be said or stored must not keep the incident from being opened."""
    try:
        return str(value).encode("utf-8", "replace").decode()
    except Exception:
        return ""


def script_task(run: "Run", token: Token, element: Element) -> bool:
    """Evaluate the FEEL script; its value goes to the result variable."""
    assert element.script is not None
    value = run.value(token, element.script if element.script.startswith("=") else "=" + element.script)
    run.conclude(token, {element.result_variable: value} if element.result_variable else {})
    return True


def business_rule_task(run: "Run", token: Token, element: Element) -> bool:
    """Evaluate a decision of the bundle; its explanation goes to the timeline."""
    assert element.decision_id is not None
    variables = dict(run.scopes.visible(token))
    try:
        outcome = run.definition.decisions.evaluate(
            element.decision_id, variables, now=run.tx.now, functions=run.engine.functions
        )
    except KeyError as error:
        raise Stuck("unknown_decision", decision=element.decision_id) from error
    except DecisionError as error:
        facts = {name: str(value) for name, value in error.facts.items() if name not in {"decision", "problem"}}
        raise Stuck("decision_failed", decision=element.decision_id, problem=error.code, **facts) from error
    except FeelBudgetError as error:
        raise Stuck("expression_budget", expression=element.decision_id, problem=error.code) from error
    run.note("decision.evaluated", token, _explanation(element.decision_id, outcome))
    run.note_warnings(token, element.decision_id, outcome.warnings)
    run.conclude(token, {element.result_variable or element.decision_id: outcome.value})
    return True


def _explanation(decision_id: str, outcome: DecisionResult) -> dict[str, Any]:
    """Which rules of which tables decided, for the timeline."""
    tables = [
        {
            "table": table.table,
            "title": table.title,
            "hit_policy": table.hit_policy,
            "inputs": [[expression, value] for expression, value in table.inputs],
            "rules": [rule.number for rule in table.rules],
            "why": [rule.description for rule in table.rules],
            "output": table.output,
        }
        for table in outcome.explanation
    ]
    return {"decision": decision_id, "value": outcome.value, "tables": tables}
