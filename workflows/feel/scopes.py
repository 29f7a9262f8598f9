"""Forms that open a scope, compiled: contexts, loops, quantifiers, filters and functions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.feel import syntax
from workflows.feel.compiler import COMPILERS, Code, Surroundings, compile_node, price
from workflows.feel.errors import FeelBudgetError
from workflows.feel.operators import all_of, any_of
from workflows.feel.runtime import Run, Scope
from workflows.feel.types import fit
from workflows.feel.values import FeelFunction, FeelRange, Parameter, Signature, kind


def _context(node: syntax.ContextOf, around: Surroundings) -> Code:
    inner = around.inside()
    entries = tuple((name, compile_node(entry, inner), expected) for name, entry, expected in node.entries)
    result = compile_node(node.result, inner) if node.result is not None else None
    doubles = len({name for name, _, _ in entries}) < len(entries)

    def context(scope: Scope) -> object:
        if doubles:
            scope.run.warn("double_entry", node.position)
            return None
        made: dict[str, object] = {}
        local = Scope(scope.run, made, scope)
        for name, entry, expected in entries:
            value = entry(local)
            made[name] = value if expected is None else fit(scope.run, expected, value)[1]
        return made if result is None else result(local)

    return context


Domain = Callable[[Scope], Sequence[object] | None]


def _domain(iterator: syntax.Iterator, around: Surroundings) -> Domain:
    start = compile_node(iterator.domain, around)
    end = compile_node(iterator.end, around) if iterator.end is not None else None
    position = iterator.domain.position

    def values(scope: Scope) -> Sequence[object] | None:
        value = start(scope)
        if end is not None:
            found = _steps(scope.run, value, end(scope), falling=True)
        elif isinstance(value, FeelRange):
            found = _range_values(scope.run, value)
        else:
            found = value if isinstance(value, list) else None if value is None else [value]
        if found is None:
            scope.run.warn("not_iterable", position, {"type": kind(value)})
        return found

    return values


def _range_values(run: Run, interval: FeelRange) -> list[object] | None:
    values = _steps(run, interval.start, interval.end, falling=False)
    if values is None:
        return None
    if values and not interval.start_included:
        values = values[1:]
    if values and not interval.end_included and values[-1] == interval.end:
        values = values[:-1]
    return values


def _steps(run: Run, start: object, end: object, *, falling: bool) -> list[object] | None:
    """List whole numbers or days from start to end, downwards too when allowed; None for anything else."""
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        span = int(end - start) if abs(end - start) <= run.limits.size else None
    elif kind(start) == kind(end) == "date":
        span = (end - start).days  # type: ignore[operator]
    else:
        return None
    if span is None or abs(span) > run.limits.size:
        raise FeelBudgetError("size")
    if span < 0 and not falling:
        return []
    return _walk(run, start, span)


def _walk(run: Run, start: Any, span: int) -> list[object]:
    run.spend(abs(span) >> 2)
    offsets = range(0, span + 1) if span >= 0 else range(0, span - 1, -1)
    if isinstance(start, Decimal):
        return [start + offset for offset in offsets]
    return [start.fromordinal(start.toordinal() + offset) for offset in offsets]


class _Partial(Mapping[str, object]):
    """The name `partial` of a loop; a copy each time it is read, because the results go on growing."""

    def __init__(self, run: Run, results: list[object]) -> None:
        self._run = run
        self._results = results

    def __getitem__(self, name: str) -> object:
        return self._run.sized(list(self._results))

    def __contains__(self, name: object) -> bool:
        return name == "partial"

    def __iter__(self) -> Iterator[str]:
        return iter(("partial",))

    def __len__(self) -> int:
        return 1


def _for(node: syntax.For, around: Surroundings) -> Code:
    inner = around.inside(1 + len(node.iterators))
    domains, body = _nested_domains(node.iterators, inner), compile_node(node.body, inner)
    cost = price((node.iterators, node.body), inner)

    def loop(scope: Scope) -> object:
        results: list[object] = []
        outer = Scope(scope.run, _Partial(scope.run, results), scope)
        if not _iterate(domains, cost, outer, lambda local: results.append(body(local))):
            return None
        return scope.run.sized(results)

    return loop


def _quantified(node: syntax.Quantified, around: Surroundings) -> Code:
    inner = around.inside(len(node.iterators))
    domains, condition = _nested_domains(node.iterators, inner), compile_node(node.condition, inner)
    cost = price((node.iterators, node.condition), inner)
    combine = any_of if node.quantifier == "some" else all_of

    def quantified(scope: Scope) -> object:
        answers: list[object] = []
        if not _iterate(domains, cost, scope, lambda local: answers.append(condition(local))):
            return None
        answer = combine(answers)
        if answer is None and (kinds := {kind(each) for each in answers} - {"boolean", "null"}):
            scope.run.warn("not_a_truth", node.position, {"operator": node.quantifier, "type": min(kinds)})
        return answer

    return quantified


def _nested_domains(iterators: Sequence[syntax.Iterator], inner: Surroundings) -> tuple[tuple[str, Domain], ...]:
    return tuple((iterator.name, _domain(iterator, inner)) for iterator in iterators)


def _iterate(domains: Sequence[tuple[str, Domain]], cost: int, scope: Scope, visit: Callable[[Scope], None]) -> bool:
    """Visit every combination of the domains, each for so many steps; False when one of them cannot be iterated."""
    (name, domain), *further = domains
    values = domain(scope)
    if values is None:
        return False
    for value in values:
        scope.run.spend(cost)
        local = Scope(scope.run, {name: value}, scope)
        if not further:
            visit(local)
        elif not _iterate(further, cost, local, visit):
            return False
    return True


def _filter(node: syntax.Filter, around: Surroundings) -> Code:
    base = compile_node(node.base, around)
    condition, cost = compile_node(node.condition, around.inside()), price(node.condition, around.inside())
    constant = node.condition.value if isinstance(node.condition, syntax.Literal) else None

    def select(scope: Scope) -> object:
        value = base(scope)
        entries = value if isinstance(value, list) else [] if value is None else [value]
        if isinstance(constant, Decimal):
            return _entry_at(scope.run, entries, constant, node.position)
        chosen: list[object] = []
        for entry in entries:
            scope.run.spend(cost)
            answer = condition(_item_scope(scope, entry))
            if isinstance(answer, Decimal):
                return _entry_at(scope.run, entries, answer, node.position)
            if answer is True:
                chosen.append(entry)
            elif answer is not False and answer is not None:
                scope.run.warn("not_a_truth", node.position, {"operator": "[ ]", "type": kind(answer)})
        return chosen

    return select


def _item_scope(scope: Scope, entry: object) -> Scope:
    if not isinstance(entry, dict):
        return Scope(scope.run, {"item": entry}, scope)
    scope.run.spend(len(entry) >> 4)
    return Scope(scope.run, {"item": entry, **entry}, scope)


def _entry_at(run: Run, entries: list[object], index: Decimal, position: int) -> object:
    if index and abs(index) <= len(entries) and index == index.to_integral_value():
        return entries[int(index) - 1 if index > 0 else int(index)]
    run.warn("no_such_position", position, {"value": str(index), "size": str(len(entries))})
    return None


def _function(node: syntax.Function, around: Surroundings) -> Code:
    body, cost = compile_node(node.body, around.inside()), price(node.body, around.inside())
    parameters = tuple(Parameter(name, expected) for name, expected in node.parameters)
    names = tuple(name for name, _ in node.parameters)

    def make(scope: Scope) -> object:
        def run_body(run: Run, values: list[object]) -> object:
            # The caller pays for the call; the names are those of the place where the function was written.
            run.spend(cost)
            return body(Scope(run, dict(zip(names, values, strict=True)), scope))

        return FeelFunction(node.name, (Signature(parameters, run_body),))

    return make


COMPILERS.update(
    {
        syntax.ContextOf: _context,
        syntax.For: _for,
        syntax.Quantified: _quantified,
        syntax.Filter: _filter,
        syntax.Function: _function,
    }
)
