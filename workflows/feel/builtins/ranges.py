"""Relations between points and ranges (DMN 1.5 § 10.3.4.11, table 78), the function range() and is()."""

import datetime

from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import InvalidValue
from workflows.feel.operators import compare, equal
from workflows.feel.runtime import Run
from workflows.feel.values import FeelRange, kind

_POINT = "number|string|date|time|date and time|days and time duration|years and months duration"


def _less(left: object, right: object) -> bool:
    result = compare("<", left, right)
    if result is None:
        raise InvalidValue("not_comparable", operator="<", left=kind(left), right=kind(right))
    return result


def _same(run: Run, left: object, right: object) -> bool:
    return equal(run, left, right) is True


def _as_range(value: object) -> FeelRange:
    return value if isinstance(value, FeelRange) else FeelRange(value, value)


def _ends_before(run: Run, left: FeelRange, right: FeelRange) -> bool:
    if left.end is None or right.start is None:
        return False
    touching = _same(run, left.end, right.start)
    return _less(left.end, right.start) or (touching and not (left.end_included and right.start_included))


def _covers(run: Run, outer: FeelRange, inner: FeelRange) -> bool:
    return _covers_start(run, outer, inner) and _covers_end(run, outer, inner)


def _covers_start(run: Run, outer: FeelRange, inner: FeelRange) -> bool:
    if outer.start is None or inner.start is None:
        return outer.start is None
    same = _same(run, outer.start, inner.start)
    return _less(outer.start, inner.start) or (same and (outer.start_included or not inner.start_included))


def _covers_end(run: Run, outer: FeelRange, inner: FeelRange) -> bool:
    if outer.end is None or inner.end is None:
        return outer.end is None
    same = _same(run, outer.end, inner.end)
    return _less(inner.end, outer.end) or (same and (outer.end_included or not inner.end_included))


def _shares_start(run: Run, left: FeelRange, right: FeelRange) -> bool:
    return _same(run, left.start, right.start) and left.start_included == right.start_included


def _shares_end(run: Run, left: FeelRange, right: FeelRange) -> bool:
    return _same(run, left.end, right.end) and left.end_included == right.end_included


def _either(first: str, second: str, *pairs: tuple[str, str]) -> tuple[str, ...]:
    kinds = {"point": _POINT, "range": "range"}
    return tuple(f"{first}: {kinds[left]}, {second}: {kinds[right]}" for left, right in pairs)


_ALL_PAIRS = (("point", "point"), ("point", "range"), ("range", "point"), ("range", "range"))
_POINT_IN_RANGE = (("point", "range"), ("range", "range"))
_RANGE_OVER_POINT = (("range", "point"), ("range", "range"))


def before(run: Run, left: object, right: object) -> bool:
    """The left ends before the right starts."""
    return _ends_before(run, _as_range(left), _as_range(right))


def after(run: Run, left: object, right: object) -> bool:
    """The left starts after the right ends."""
    return before(run, right, left)


def includes(run: Run, outer: object, inner: object) -> bool:
    """The outer range holds the point or range."""
    return _covers(run, _as_range(outer), _as_range(inner))


def during(run: Run, inner: object, outer: object) -> bool:
    """The point or range lies in the outer range."""
    return includes(run, outer, inner)


def starts(run: Run, inner: object, outer: FeelRange) -> bool:
    """The point or range begins where the outer range begins, and lies in it."""
    if not isinstance(inner, FeelRange):
        return _same(run, inner, outer.start) and outer.start_included
    return _shares_start(run, inner, outer) and _covers_end(run, outer, inner)


def started_by(run: Run, outer: FeelRange, inner: object) -> bool:
    """The outer range begins with the point or range."""
    return starts(run, inner, outer)


def finishes(run: Run, inner: object, outer: FeelRange) -> bool:
    """The point or range ends where the outer range ends, and lies in it."""
    if not isinstance(inner, FeelRange):
        return _same(run, inner, outer.end) and outer.end_included
    return _shares_end(run, inner, outer) and _covers_start(run, outer, inner)


def finished_by(run: Run, outer: FeelRange, inner: object) -> bool:
    """The outer range ends with the point or range."""
    return finishes(run, inner, outer)


def coincides(run: Run, left: object, right: object) -> bool:
    """Both are the same."""
    return _shares_start(run, _as_range(left), _as_range(right)) and _shares_end(run, _as_range(left), _as_range(right))


def meets(run: Run, left: FeelRange, right: FeelRange) -> bool:
    """The left ends exactly where the right starts, both ends included."""
    return _same(run, left.end, right.start) and left.end_included and right.start_included


def met_by(run: Run, left: FeelRange, right: FeelRange) -> bool:
    """The left starts exactly where the right ends."""
    return meets(run, right, left)


def overlaps(run: Run, left: FeelRange, right: FeelRange) -> bool:
    """The ranges have a point in common."""
    return not _ends_before(run, left, right) and not _ends_before(run, right, left)


def overlaps_before(run: Run, left: FeelRange, right: FeelRange) -> bool:
    """The left starts earlier, ends within the right."""
    return overlaps(run, left, right) and not _covers_start(run, right, left) and _covers_end(run, right, left)


def overlaps_after(run: Run, left: FeelRange, right: FeelRange) -> bool:
    """The left starts within the right, ends later."""
    return overlaps_before(run, right, left)


_RELATIONS = (
    ("before", before, _either("point1", "point2", *_ALL_PAIRS)),
    ("after", after, _either("point1", "point2", *_ALL_PAIRS)),
    ("includes", includes, _either("range", "point", *_RANGE_OVER_POINT)),
    ("during", during, _either("point", "range", *_POINT_IN_RANGE)),
    ("starts", starts, _either("point", "range", *_POINT_IN_RANGE)),
    ("started by", started_by, _either("range", "point", *_RANGE_OVER_POINT)),
    ("finishes", finishes, _either("point", "range", *_POINT_IN_RANGE)),
    ("finished by", finished_by, _either("range", "point", *_RANGE_OVER_POINT)),
    ("coincides", coincides, _either("point1", "point2", ("point", "point"), ("range", "range"))),
    ("meets", meets, _either("range1", "range2", ("range", "range"))),
    ("met by", met_by, _either("range1", "range2", ("range", "range"))),
    ("overlaps", overlaps, _either("range1", "range2", ("range", "range"))),
    ("overlaps before", overlaps_before, _either("range1", "range2", ("range", "range"))),
    ("overlaps after", overlaps_after, _either("range1", "range2", ("range", "range"))),
)
for _name, _relation, _signatures in _RELATIONS:
    for _signature in _signatures:
        builtin(_name, _signature)(_relation)


@builtin("is", "value1: Any|null, value2: Any|null")
def is_same(run: Run, left: object, right: object) -> bool:
    """Compare for identity in the semantic domain: two moments in different zones are not the same."""
    if isinstance(left, datetime.datetime | datetime.time) and isinstance(right, datetime.datetime | datetime.time):
        return equal(run, left, right) is True and left.tzinfo == right.tzinfo
    return equal(run, left, right) is True
