"""Lists (DMN 1.5 § 10.3.4.4); positions count from 1, negative ones from the end."""

import functools
from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.calls import call_function
from workflows.feel.errors import InvalidValue
from workflows.feel.operators import compare, equal
from workflows.feel.runtime import Run
from workflows.feel.values import FeelFunction, whole

List = list[object]


def _position(entries: List, position: Decimal) -> int:
    index = whole(position)
    if not index or abs(index) > len(entries):
        raise InvalidValue("no_such_position", value=str(position), size=str(len(entries)))
    return index - 1 if index > 0 else len(entries) + index


def _find(run: Run, entries: List, wanted: object) -> list[int]:
    run.spend(len(entries))
    return [index for index, entry in enumerate(entries) if equal(run, entry, wanted)]


@builtin("list contains", "list: list, element: Any|null")
def list_contains(run: Run, entries: List, element: object) -> bool:
    """Say whether an entry equals the element."""
    return bool(_find(run, entries, element))


@builtin("index of", "list: list, match: Any|null")
def index_of(run: Run, entries: List, match: object) -> list[Decimal]:
    """List the positions of all entries equal to the value."""
    return [Decimal(index + 1) for index in _find(run, entries, match)]


@builtin("sublist", "list: list, start position: number, length?: number|null")
def sublist(entries: List, start: Decimal, length: Decimal | None = None) -> List:
    """Take entries from a position on."""
    first = _position(entries, start)
    if length is None:
        return entries[first:]
    if length < 1 or first + length > len(entries):
        raise InvalidValue("no_such_position", value=str(length), size=str(len(entries)))
    return entries[first : first + int(length)]


builtin("reverse", "list: list")(lambda entries: entries[::-1])


@builtin("append", "list: list, item...: list")
def append(entries: List, items: List) -> List:
    """Add items at the end."""
    return [*entries, *items]


@builtin("concatenate", "list...: list")
def concatenate(run: Run, lists: List) -> List:
    """Join lists."""
    joined: List = []
    for entries in lists:
        if entries is None:
            raise InvalidValue("wrong_entries", expected="list")
        joined += entries if isinstance(entries, list) else [entries]
        run.sized(joined)
    return joined


@builtin("union", "list...: list")
def union(run: Run, lists: List) -> List:
    """Join lists without doubles."""
    return distinct_values(run, concatenate(run, lists))


@builtin("distinct values", "list: list")
def distinct_values(run: Run, entries: List) -> List:
    """Leave out doubles; the first of each stays."""
    distinct: List = []
    for entry in entries:
        if not _find(run, distinct, entry):
            distinct.append(entry)
    return distinct


@builtin("flatten", "list: list")
def flatten(run: Run, entries: List) -> List:
    """Take entries out of all lists within."""
    flat: List = []
    for entry in entries:
        run.spend(1)
        flat += flatten(run, entry) if isinstance(entry, list) else [entry]
    return flat


@builtin("insert before", "list: list, position: number, newItem: Any|null")
def insert_before(entries: List, position: Decimal, new_item: object) -> List:
    """Put an item before a position."""
    index = _position(entries, position)
    return [*entries[:index], new_item, *entries[index:]]


@builtin("remove", "list: list, position: number")
def remove(entries: List, position: Decimal) -> List:
    """Take out the entry at a position."""
    index = _position(entries, position)
    return entries[:index] + entries[index + 1 :]


@builtin("list replace", "list: list, position: number, newItem: Any|null")
def replace_at(entries: List, position: Decimal, new_item: object) -> List:
    """Replace the entry at a position."""
    index = _position(entries, position)
    return [*entries[:index], new_item, *entries[index + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: Any|null")
def replace_matching(run: Run, entries: List, match: FeelFunction, new_item: object) -> List:
    """Replace the entries for which the function of entry and new item is true."""
    return [new_item if _answer(run, match, entry, new_item) else entry for entry in entries]


@builtin("sort", "list: list, precedes?: function|null")
def sort(run: Run, entries: List, precedes: FeelFunction | None = None) -> List:
    """Sort, by a function that says whether its first argument precedes the second."""

    def order(left: object, right: object) -> int:
        run.spend(1)
        if precedes is None:
            return _natural_order(left, right)
        if _answer(run, precedes, left, right):
            return -1
        return 1 if _answer(run, precedes, right, left) else 0

    return sorted(entries, key=functools.cmp_to_key(order))


def _answer(run: Run, function: FeelFunction, left: object, right: object) -> bool:
    answer = call_function(run, function, (left, right), {}, 0)
    if type(answer) is not bool:
        raise InvalidValue("wrong_entries", expected="boolean")
    return answer


def _natural_order(left: object, right: object) -> int:
    before = compare("<", left, right)
    if before is None:
        raise InvalidValue("wrong_entries", expected="comparable")
    return -1 if before else int(bool(compare(">", left, right)))
