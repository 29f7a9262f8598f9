"""The first contents of a new house: groups, code lists, partner offices, programmes and the pages the law asks for."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from workflows.core.tx import Tx
from workflows.domain import offices
from workflows.domain.codes import CodeEntry
from workflows.domain.offices import Office
from workflows.domain.pages import Page
from workflows.domain.people import Group
from workflows.domain.programmes import Programme, ProgrammeYear

DATA = Path(__file__).parent / "data"


def load(tx: Tx) -> int:
    """Add every entry whose key is not there yet and give their number; what somebody edited is never touched."""
    return sum(part(tx, _read(name)) for name, part in PARTS.items())


def fill_demo_addresses(tx: Tx) -> None:
    """Give offices without a mail address one under a reserved name that no mail ever reaches (RFC 2606)."""
    for office in tx.session.scalars(select(Office).where(Office.email == "")):
        office.email = f"{office.key.replace('_', '-')}@anlaufstelle.example"


@cache
def languages() -> frozenset[str]:
    """The languages the house speaks besides German: those its code lists come in."""
    return frozenset(path.stem for path in _spoken())


def _spoken() -> list[Path]:
    return sorted((DATA / "codes").glob("*.yaml"))


def _read(name: str) -> Any:
    return _load(DATA / f"{name}.yaml")


def _load(path: Path) -> Any:
    # A safe loader; the one in C, where there is one, takes a sixth of the time at every start.
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _groups(tx: Tx, data: dict[str, str]) -> int:
    known = set(tx.session.scalars(select(Group.key)))
    new = [Group(key=key, name=name) for key, name in data.items() if key not in known]
    tx.session.add_all(new)
    return len(new)


def _codes(tx: Tx, data: dict[str, list[list[str]]]) -> int:
    words = {path.stem: _words(path) for path in _spoken()}
    known = {(entry.list, entry.key): entry for entry in tx.session.scalars(select(CodeEntry))}
    added = 0
    for name, entries in data.items():
        for position, (key, german) in enumerate(entries, start=1):
            translations = {language: table[name, key] for language, table in words.items() if (name, key) in table}
            entry = known.get((name, key))
            if entry is None:
                added += 1
                new = CodeEntry(list=name, key=key, label=german, position=position, translations=translations)
                tx.session.add(new)
            elif entry.label == german and not translations.keys() <= entry.translations.keys():
                # A language that came with this release; words that are there already stay as they are.
                entry.translations = {**translations, **entry.translations}
    return added


def _words(path: Path) -> dict[tuple[str, str], str]:
    """The words of one language by list and key."""
    table = _load(path)
    return {(name, key): words for name, entries in table.items() for key, words in entries.items()}


def _offices(tx: Tx, data: dict[str, Any]) -> int:
    known = set(tx.session.scalars(select(Office.key)))
    new = [entry for entry in data["offices"] if entry["key"] not in known]
    for entry in new:
        offices.add(tx, Office(languages=["de"], source=data["source"], checked_on=data["checked_on"], **entry))
    return len(new)


def _programmes(tx: Tx, data: dict[str, Any]) -> int:
    known = set(tx.session.scalars(select(Programme.key)))
    new = 0
    for position, entry in enumerate(data["programmes"], start=1):
        if entry["key"] not in known:
            amounts = {name: Decimal(amount) for name, amount in entry.pop("amounts", {}).items()}
            pots = entry.pop("pots", {})
            programme = Programme(amounts=amounts, checked_on=data["checked_on"], position=position, **entry)
            tx.session.add(programme)
            tx.session.flush()
            tx.session.add_all(_pot(programme, year, Decimal(total)) for year, total in pots.items())
            new += 1
    return new


def _pot(programme: Programme, year: int, total: Decimal) -> ProgrammeYear:
    return ProgrammeYear(
        programme_id=programme.id,
        year=year,
        total=total,
        remaining=total,
        source=programme.source,
        checked_on=programme.checked_on,
    )


def _pages(tx: Tx, data: dict[str, dict[str, dict[str, str]]]) -> int:
    known = set(tx.session.execute(select(Page.key, Page.language)).tuples())
    new = [
        Page(key=key, language=language, updated_at=tx.now, updated_by=tx.actor.label, **page)
        for key, languages in data.items()
        for language, page in languages.items()
        if (key, language) not in known
    ]
    tx.session.add_all(new)
    return len(new)


PARTS: dict[str, Callable[[Tx, Any], int]] = {
    "groups": _groups,
    "codes": _codes,
    "offices": _offices,
    "programmes": _programmes,
    "pages": _pages,
}
