"""The public compatibility kit, where its folder is present: beside the repository, or where LOTSE_TCK says."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.decisions.tck import TckReport, format_report, run

KIT = Path(os.environ.get("LOTSE_TCK") or Path(__file__).parents[3] / "shared" / "tck")
# Out of reach of this language's dates: years outside 1 to 9999 and digits below the microsecond.
BEYOND_PYTHON = {
    "1117-feel-date-and-time-function": {
        *("010", "011", "012", "022", "026", "027", "028", "033", "040", "047", "054")
    },
    "1121-feel-years-and-months-duration-function": {*("017", "018", "019")},
}

if KIT.is_dir():

    @pytest.fixture(scope="module")
    def report() -> Iterator[TckReport]:
        return run(KIT)

    def test_level_2_passes_wholly(report):
        assert (report.passed("level-2"), report.total("level-2")) == (126, 126), format_report(report)

    def test_level_3_fails_only_what_is_refused_or_out_of_reach(report):
        failed = [outcome for outcome in report.outcomes if not outcome.passed and not outcome.refused]
        beyond = {
            folder: {outcome.case[:3] for outcome in failed if outcome.folder == folder} for folder in BEYOND_PYTHON
        }
        assert (beyond, len(failed)) == (BEYOND_PYTHON, 14), format_report(report)
        assert (report.passed("level-3"), report.total("level-3")) == (1295, 1319)

    def test_refused_cases_are_named_with_the_reason(report):
        assert {outcome.folder for outcome in report.outcomes if outcome.refused} == {"0076-feel-external-java"}
        assert "0076-feel-external-java literal_001 literal_001: refused" in format_report(report)
