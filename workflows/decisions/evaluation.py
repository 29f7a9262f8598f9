"""Evaluating decision tables: which rules match, what the hit policy makes of them, and the explanation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.decisions.errors import DecisionError
from workflows.decisions.tables import AGGREGATIONS, Output, Rule, Table, TableNode
from workflows.feel.calls import call_function
from workflows.feel.compiler import COMPILERS, Code, Surroundings, compile_node, price
from workflows.feel.operators import equal
from workflows.feel.runtime import Run, Scope
from workflows.feel.types import fit
from workflows.feel.unary import Check, compile_tests
from workflows.feel.values import kind


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that matched: 1-based number, id, and its annotation or description."""

    number: int
    id: str
    description: str


@dataclass(frozen=True, slots=True)
class TableExplanation:
    """How one table came to its result: whose it is, inputs as (expression, value), matched rules, the value given."""

    decision: str
    title: str
    table: str
    hit_policy: str
    inputs: tuple[tuple[str, object], ...]
    rules: tuple[MatchedRule, ...]
    output: object


class DecisionRun(Run):
    """An evaluation that also keeps the explanation of every table on its way."""

    __slots__ = ("tables",)

    tables: list[TableExplanation]


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule
    value: object


def compile_table(table: Table, around: Surroundings) -> Code:
    """Turn a table into a closure that gives its value in a scope; raises DecisionError from within."""
    around = around.inside()
    inputs = tuple(compile_node(column.expression, around) for column in table.inputs)
    allowed = tuple(compile_tests(column.allowed, around) if column.allowed else None for column in table.inputs)
    rules = tuple(
        (rule, price(rule.tests, around), tuple(compile_tests(tests, around) for tests in rule.tests))
        for rule in table.rules
    )
    outputs = {rule.number: _compile_outputs(table, rule, around) for rule in table.rules}
    defaults = _compile_defaults(table, around)
    resolve = _RESOLVERS[table.hit_policy](table, around)

    def decide(scope: Scope) -> object:
        values = [
            _input_value(scope, code, check, column.source, column.type)
            for code, check, column in zip(inputs, allowed, table.inputs, strict=True)
        ]
        matched = _matching(scope, table, rules, values)
        hits = [_Hit(rule, outputs[rule.number](scope)) for rule in matched]
        result = resolve(scope, hits) if hits else defaults(scope)
        _note(scope.run, table, values, hits, result)
        return result

    return decide


def _input_value(scope: Scope, code: Code, allowed: Check | None, source: str, expected: object) -> object:
    value = code(scope)
    if allowed is not None and value is not None and allowed(scope, value) is not True:
        scope.run.warn("value_not_allowed", 0, {"name": source, "type": kind(value)})
    return value


def _matching(
    scope: Scope, table: Table, rules: Sequence[tuple[Rule, int, tuple[Check, ...]]], values: Sequence[object]
) -> list[Rule]:
    """The rules that match; a value no cell of its column can be compared with is warned of."""
    matched = []
    fits: dict[int, bool] = {}
    for rule, cost, checks in rules:
        scope.run.spend(cost)
        for index, (check, value) in enumerate(zip(checks, values, strict=False)):
            answer = check(scope, value)
            fits[index] = answer is not None or value is None or fits.get(index, False)
            if answer is not True:
                break
        else:
            matched.append(rule)
            if table.hit_policy == "FIRST":
                break
    for index, is_comparable in fits.items():
        if not is_comparable:
            facts = {"name": table.inputs[index].source, "type": kind(values[index])}
            scope.run.warn("fits_no_cell", 0, facts)
    return matched


def _compile_outputs(table: Table, rule: Rule, around: Surroundings) -> Code:
    columns = [(column, compile_tests(column.allowed, around) if column.allowed else None) for column in table.outputs]
    codes = tuple(compile_node(node, around) for node in rule.outputs)

    def give(scope: Scope) -> object:
        given = zip(codes, columns, strict=False)
        values = [_output_value(scope, code, column, check, table.owner) for code, (column, check) in given]
        return _joined(table, values)

    return give


def _output_value(scope: Scope, code: Code, column: Output, allowed: Check | None, owner: str) -> object:
    value = code(scope)
    if allowed is not None and not is_allowed(scope, allowed, value):
        scope.run.warn("value_not_allowed", 0, {"name": column.label or owner, "type": kind(value)})
    if column.type is None:
        return value
    fits, converted = fit(scope.run, column.type, value)
    if not fits:
        scope.run.warn("wrong_type", 0, {"expected": column.type.name, "type": kind(value)})
    return converted


def is_allowed(scope: Scope, allowed: Check, value: object) -> bool:
    """Whether a result is among the values of its column: of a list, every entry; null says that there is none."""
    if value is None or allowed(scope, value) is True:
        return True
    return isinstance(value, list) and all(allowed(scope, entry) is True for entry in value)


def _joined(table: Table, values: Sequence[object]) -> object:
    if len(table.outputs) == 1:
        return values[0] if values else None
    return {column.name: value for column, value in zip(table.outputs, values, strict=False)}


def _compile_defaults(table: Table, around: Surroundings) -> Code:
    columns = [(column, compile_tests(column.allowed, around) if column.allowed else None) for column in table.outputs]
    codes = [compile_node(column.default, around) if column.default is not None else None for column in table.outputs]
    gathers = table.hit_policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT") and not table.aggregation

    def default(scope: Scope) -> object:
        if any(codes):
            given = zip(codes, columns, strict=True)
            values = [
                code and _output_value(scope, code, column, check, table.owner) for code, (column, check) in given
            ]
            return _joined(table, values)
        if table.aggregation == "COUNT":
            return Decimal(0)
        return [] if gathers else None

    return default


def _note(run: Run, table: Table, values: Sequence[object], hits: Sequence[_Hit], result: object) -> None:
    if isinstance(run, DecisionRun):
        inputs = tuple((column.source, run.release(value)) for column, value in zip(table.inputs, values, strict=True))
        rules = tuple(MatchedRule(hit.rule.number, hit.rule.id, hit.rule.description) for hit in hits)
        policy = f"{table.hit_policy} {table.aggregation}" if table.aggregation else table.hit_policy
        run.tables.append(
            TableExplanation(table.owner, table.title, table.id, policy, inputs, rules, run.release(result))
        )


Resolver = Callable[[Scope, list[_Hit]], object]


def _conflict(code: str, table: Table, hits: Sequence[_Hit]) -> DecisionError:
    numbers = ", ".join(str(hit.rule.number) for hit in hits)
    return DecisionError(code, decision=table.owner, table=table.id, rules=numbers)


def _unique(table: Table, around: Surroundings) -> Resolver:
    def resolve(scope: Scope, hits: list[_Hit]) -> object:
        if len(hits) > 1:
            raise _conflict("several_rules_match", table, hits)
        return hits[0].value

    return resolve


def _first(table: Table, around: Surroundings) -> Resolver:
    return lambda scope, hits: hits[0].value


def _any(table: Table, around: Surroundings) -> Resolver:
    def resolve(scope: Scope, hits: list[_Hit]) -> object:
        if not all(equal(scope.run, hits[0].value, hit.value) for hit in hits):
            raise _conflict("rules_disagree", table, hits)
        return hits[0].value

    return resolve


def _priority(table: Table, around: Surroundings) -> Resolver:
    order = _output_order(table, around)
    return lambda scope, hits: order(scope, hits)[0].value


def _output_ordered(table: Table, around: Surroundings) -> Resolver:
    order = _output_order(table, around)
    return lambda scope, hits: [hit.value for hit in order(scope, hits)]


def _output_order(table: Table, around: Surroundings) -> Callable[[Scope, list[_Hit]], list[_Hit]]:
    """Sort hits by the order of the allowed output values, the first output column deciding first."""
    orders = [compile_node(column.order, around) if column.order is not None else None for column in table.outputs]

    def rank(run: Run, listed: object, value: object) -> int:
        values = listed if isinstance(listed, list) else []
        return next((index for index, entry in enumerate(values) if equal(run, entry, value)), len(values))

    def order(scope: Scope, hits: list[_Hit]) -> list[_Hit]:
        listed = [code(scope) if code is not None else [] for code in orders]

        def key(hit: _Hit) -> list[int]:
            values = hit.value.values() if len(table.outputs) > 1 and isinstance(hit.value, dict) else [hit.value]
            return [rank(scope.run, values_of, value) for values_of, value in zip(listed, values, strict=False)]

        return sorted(hits, key=key)

    return order


def _rule_ordered(table: Table, around: Surroundings) -> Resolver:
    return lambda scope, hits: [hit.value for hit in hits]


def _collected(table: Table, around: Surroundings) -> Resolver:
    aggregate = around.functions[AGGREGATIONS[table.aggregation]] if table.aggregation in AGGREGATIONS else None

    def resolve(scope: Scope, hits: list[_Hit]) -> object:
        values = [hit.value for hit in hits]
        return values if aggregate is None else call_function(scope.run, aggregate, [values], {}, 0)

    return resolve


_RESOLVERS: dict[str, Callable[[Table, Surroundings], Resolver]] = {
    "UNIQUE": _unique,
    "FIRST": _first,
    "ANY": _any,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_ordered,
    "OUTPUT ORDER": _output_ordered,
    "COLLECT": _collected,
}

COMPILERS[TableNode] = lambda node, around: compile_table(node.table, around)
