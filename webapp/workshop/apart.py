"""Two people at one drawing: what each of them changed, in one line a change."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.wording.states import code_word
from webapp.wording.traits import trait_name
from workflows.engine.comparison import Comparison, Difference

MOST = 10


def told(found: Comparison) -> Sequence[str]:
    """What differs, shortened to what a dialog can show."""
    lines = list(_lines(found))
    rest = len(lines) - MOST
    return lines if rest <= 0 else [*lines[:MOST], ngettext("und %(num)d weitere", "und %(num)d weitere", rest)]


def _lines(found: Comparison) -> Iterator[str]:
    if found.is_empty:
        yield _("nur die Anordnung der Zeichnung, oder nichts")
    yield from map(_line, (*found.elements, *found.flows))
    for table in found.tables:
        name = PurePosixPath(table.path).stem
        yield from (
            f"{name}: {_word('removed' if mark == '-' else 'added')}: {row}"
            for mark, row in table.lines
            if mark.strip()
        )


def _line(each: Difference) -> str:
    kind = code_word("element_kind", each.kind)
    called = f"„{each.name or each.key}“" + (f" ({kind})" if kind else "")
    traits = ", ".join(dict.fromkeys(trait_name(trait.name) for trait in each.traits))
    return f"{_word(each.what)}: {called}" + (f": {traits}" if traits and each.what == "changed" else "")


def _word(what: str) -> str:
    words: dict[str, str] = {"added": _("neu"), "removed": _("entfällt"), "changed": _("geändert")}
    return words[what]
