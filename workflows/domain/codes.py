"""Code lists: the office's choices with their words in every language, editable, never in code."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base, TypedJson
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.domain.offices import Office
from workflows.domain.programmes import Programme
from workflows.forms.model import Option


class CodeEntry(Base):
    """One entry of a list; ``label`` is German, ``translations`` maps a language to its words."""

    __tablename__ = "code_entry"

    list: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    label: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    translations: Mapped[dict[str, str]] = mapped_column(TypedJson)
    is_active: Mapped[bool] = mapped_column(default=True)

    def words(self, language: str) -> str:
        """The label in ``language``, where there is none in plain German, else in German."""
        return _in(language, self.label, self.translations)


def options(session: Session, name: str, language: str) -> list[Option]:
    """The choices of a list in ``language``; ``office`` and ``programme`` are lists too. Raises ``NotFound``."""
    if name in VIRTUAL:
        return VIRTUAL[name](session)
    return [Option(entry.key, entry.words(language)) for entry in entries(session, name) if entry.is_active]


def entries(session: Session, name: str) -> list[CodeEntry]:
    """The entries of a list in their order, retired ones too; raises ``NotFound`` for an unknown list."""
    rows = list(session.scalars(select(CodeEntry).where(CodeEntry.list == name).order_by(CodeEntry.position)))
    if not rows:
        raise NotFound("code_list_unknown", list=name)
    return rows


def entry(session: Session, name: str, key: str) -> CodeEntry:
    """One entry, also a retired one; raises ``NotFound``."""
    found = session.get(CodeEntry, (name, key))
    if found is None:
        raise NotFound("code_unknown", list=name, key=key)
    return found


def add(tx: Tx, name: str, key: str, label: str) -> CodeEntry:
    """One more entry at the end of a list, so far in German only."""
    position = max((row.position for row in entries(tx.session, name)), default=0) + 1
    new = CodeEntry(list=name, key=key, label=label, position=position, translations={}, is_active=True)
    tx.session.add(new)
    _note(tx, "code.added", new, {"label": label})
    return new


def rename(tx: Tx, found: CodeEntry, label: str, translations: Mapping[str, str]) -> CodeEntry:
    """Other words for the same key, at once for every case."""
    if (label, dict(translations)) != (found.label, found.translations):
        _note(tx, "code.renamed", found, {"from": found.label, "to": label})
        found.label, found.translations = label, dict(translations)
    return found


def move(tx: Tx, name: str, key: str, step: int) -> None:
    """An entry so many places further among its neighbours; at the ends it stays. Raises ``NotFound``."""
    rows = entries(tx.session, name)
    found = entry(tx.session, name, key)
    place = rows.index(found)
    rows.insert(max(0, min(len(rows) - 1, place + step)), rows.pop(place))
    if rows.index(found) == place:
        return
    for position, row in enumerate(rows, start=1):
        row.position = position
    _note(tx, "code.moved", found, {"position": found.position})


def set_active(tx: Tx, found: CodeEntry, *, is_active: bool) -> None:
    """Retire an entry or offer it again; old data keeps its words. Raises ``Conflict("code_last")``."""
    if found.is_active == is_active:
        return
    rows = entries(tx.session, found.list)
    if not is_active and sum(row.is_active for row in rows) == 1:
        raise Conflict("code_last", list=found.list)
    found.is_active = is_active
    if is_active:
        _note(tx, "code.restored", found, {"label": found.label})
    else:
        _note(tx, "code.retired", found, {"label": found.label})


def _note(tx: Tx, kind: str, found: CodeEntry, details: dict[str, object]) -> None:
    audit.record(tx, "system", kind, f"code:{found.list}/{found.key}", details)


def lists(session: Session) -> dict[str, frozenset[str]]:
    """All lists a form may use by name, with the keys of their entries, retired ones too."""
    found: dict[str, set[str]] = {name: {each.key for each in held(session)} for name, held in VIRTUAL.items()}
    for name, key in session.execute(select(CodeEntry.list, CodeEntry.key)):
        found.setdefault(name, set()).add(key)
    return {name: frozenset(keys) for name, keys in found.items()}


def label(session: Session, name: str, key: str | None, language: str = "de") -> str:
    """The words for a stored value; the value itself if it is in no list (old data must stay readable)."""
    entry = session.get(CodeEntry, (name, key)) if key else None
    return entry.words(language) if entry else (key or "")


# Columns that every schema has, and no others: what a release refuses is found before the schema is migrated.
_OFFICES = select(Office.key, Office.name).where(Office.is_active).order_by(Office.name)
_PROGRAMMES = select(Programme.key, Programme.name).where(Programme.is_active).order_by(Programme.position)


def _offices(session: Session) -> list[Option]:
    return [Option(key, name) for key, name in session.execute(_OFFICES)]


def _programmes(session: Session) -> list[Option]:
    return [Option(key, name) for key, name in session.execute(_PROGRAMMES)]


VIRTUAL: dict[str, Callable[[Session], list[Option]]] = {"office": _offices, "programme": _programmes}


def glossary(session: Session, names: Collection[str], language: str = "de") -> dict[tuple[str, str], str]:
    """The words for every value of several lists by (list, value), in one query: for pages that show many."""
    columns = (CodeEntry.list, CodeEntry.key, CodeEntry.label, CodeEntry.translations)
    chosen = select(*columns).where(CodeEntry.list.in_(names)).order_by(CodeEntry.list, CodeEntry.position)
    rows = session.execute(chosen)
    return {(name, key): _in(language, german, translations) for name, key, german, translations in rows}


def _in(language: str, german: str, translations: Mapping[str, str]) -> str:
    if language == "de":
        return german
    return translations.get(language) or translations.get("de_simple") or german
