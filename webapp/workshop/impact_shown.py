"""Verdicts and outcomes as the pages show them: grouped by what is the same for many cases."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from workflows.actions.migrations import Preview, Report
from workflows.engine.migration import CHANGED, REFUSED, UNCHANGED, Reason, changes_text, reason_text

ORDER = (REFUSED, CHANGED, UNCHANGED)
OUTCOMES = ("failed", "refused", "gone_on", "planned", "returning", "moved", "undone", "unchanged", "ended")
MOST_NAMED = 30
"""Cases of one group that are named; the others are counted."""


@dataclass
class Group:
    """Cases of one outcome: ``texts`` say why, ``place`` where they stand; ``cases`` are their references."""

    outcome: str
    texts: tuple[str, ...] = ()
    place: str = ""
    cases: list[str] = field(default_factory=list)

    @property
    def named(self) -> list[str]:
        """The cases that are named."""
        return self.cases[:MOST_NAMED]

    @property
    def more(self) -> int:
        """How many are not."""
        return max(0, len(self.cases) - MOST_NAMED)


def groups(preview: Preview, language: str) -> list[Group]:
    """The running cases by verdict, reason and where they stand; refused ones first."""
    found: dict[tuple[str, tuple[str, ...], str], Group] = {}
    for row in preview.rows:
        verdict, place = row.verdict, ", ".join(row.waits_at)
        changes = changes_text(verdict.changes, "de" if language.startswith("de") else "en")
        texts = (*_texts(verdict.reasons, language), *filter(None, [changes]))
        group = found.setdefault((verdict.outcome, texts, place), Group(verdict.outcome, texts, place))
        group.cases.append(_named(row.reference, row.instance_id))
    return sorted(found.values(), key=lambda each: (ORDER.index(each.outcome), -len(each.cases)))


def outcomes(report: Report, language: str) -> list[Group]:
    """The cases of a job by what became of them and why."""
    found: dict[tuple[str, tuple[str, ...]], Group] = {}
    for row in report.rows:
        texts = _texts(row.reasons, language)
        group = found.setdefault((row.outcome, texts), Group(row.outcome, texts))
        group.cases.append(_named(row.reference, row.instance_id))
    return sorted(found.values(), key=lambda each: OUTCOMES.index(each.outcome))


def _texts(reasons: Iterable[Reason], language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason_text(each, "de" if language.startswith("de") else "en") for each in reasons))


def _named(reference: str, instance_id: int) -> str:
    return reference or f"#{instance_id}"
