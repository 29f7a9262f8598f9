"""When the money of an association ends, and from when on it has none."""

from datetime import date

import pytest

from workflows.domain.planning import Gap, Span, gaps

TODAY = date(2026, 3, 2)


def span(start: str, end: str) -> Span:
    return Span(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([], []),
        ([span("2025-07-01", "2026-06-30")], [Gap(date(2026, 7, 1), None)]),
        ([span("2025-07-01", "2026-08-31")], [Gap(date(2026, 9, 1), None)]),  # just less than half a year ahead
        ([span("2025-07-01", "2026-09-01")], []),
        ([span("2025-01-01", "2025-11-28")], []),  # long over: nobody waits for the warning any more
        ([span("2025-01-01", "2025-11-30")], [Gap(date(2025, 12, 1), None)]),
        ([span("2025-07-01", "2026-06-30"), span("2026-07-15", "2027-12-31")], []),  # follows without a gap
        (
            [span("2026-10-01", "2027-12-31"), span("2025-07-01", "2026-06-30")],
            [Gap(date(2026, 7, 1), date(2026, 9, 30))],
        ),
        ([span("2025-07-01", "2027-06-30"), span("2025-08-01", "2026-04-30")], []),  # the longer one counts
    ],
)
def test_a_gap_is_told_in_time_and_only_where_nothing_follows(spans: list[Span], found: list[Gap]) -> None:
    assert gaps(spans, TODAY) == found
