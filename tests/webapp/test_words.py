"""Every word of the interface: one place, complete in English, complete in every language where associations read."""

import ast
import re
from io import BytesIO
from pathlib import Path
from statistics import median

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from webapp.i18n import NAMES, locale_of
from webapp.wording.errors import ERRORS
from webapp.wording.events import AUDIT, EVENTS
from webapp.wording.problems import PROBLEMS
from webapp.wording.states import STATES
from workflows.domain import cases, referrals

WEBAPP = Path(__file__).parents[2] / "webapp"
WORKFLOWS = WEBAPP.parent / "workflows"
TEMPLATES = WEBAPP / "templates"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "_l": None, "_now": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
#: Where associations and offices read; what the others share with them (layout, forms, problems) is in there too.
PUBLIC = (
    *(f"templates/{part}" for part in ("public/", "association/", "office/", "errors/", "base.html")),
    *(f"templates/macros/{part}.html" for part in ("forms", "inputs", "status", "funding", "association")),
    *("wording/problems.py", "public/", "association/", "forms/again.py"),
)


#: Of the public pages, beside German and English, with their folders.
LANGUAGES = {code: str(locale_of(code)) for code in NAMES if code not in {"de", "en"}}


def catalogue(folder: str) -> Catalog:
    source = WEBAPP / "translations" / folder / "LC_MESSAGES" / "messages.po"
    return read_po(BytesIO(source.read_bytes()))


def messages() -> dict[str, set[str]]:
    """Every German text with the files it stands in."""
    found: dict[str, set[str]] = {}
    for path, _line, text, _comments, _context in extract_from_dir(
        str(WEBAPP), METHODS, {"templates/**.html": {"silent": "false"}}, KEYWORDS
    ):
        found.setdefault(text[0] if isinstance(text, tuple) else text, set()).add(path)
    return {text: paths for text, paths in found.items() if not all("node_modules" in path for path in paths)}


def missing(language: str, texts: set[str]) -> list[str]:
    known = catalogue(language)
    return sorted(text for text in texts if (entry := known.get(text)) is None or not entry.string)


def test_no_text_hides_where_the_catalogue_is_not_looked_for() -> None:
    """Texts within formatted strings are seen by nobody who collects them."""
    hidden = [
        f"{path.relative_to(WEBAPP)}:{inner.lineno}"
        for path in WEBAPP.rglob("*.py")
        if "node_modules" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in KEYWORDS
    ]
    assert hidden == []


def test_english_is_complete() -> None:
    assert missing("en", set(messages())) == []


@pytest.mark.parametrize("folder", LANGUAGES.values(), ids=LANGUAGES)
def test_each_language_is_complete_on_public_pages(folder: str) -> None:
    public = {text for text, paths in messages().items() if any(path.startswith(PUBLIC) for path in paths)}
    assert len(public) > 100
    assert missing(folder, public) == []


@pytest.mark.parametrize("folder", ["en", *LANGUAGES.values()])
def test_translations_keep_their_placeholders(folder: str) -> None:
    holes = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    for entry in catalogue(folder):
        source, target = (text if isinstance(text, str) else (text or [""])[0] for text in (entry.id, entry.string))
        assert sorted(holes.findall(source)) == sorted(holes.findall(target)), source


def test_every_state_has_a_word() -> None:
    assert set(cases.STATUSES) <= STATES["case"].keys()
    assert set(referrals.STATUSES) <= STATES["referral"].keys()


def test_every_problem_of_a_form_has_a_sentence() -> None:
    assert raised("Problem", WORKFLOWS / "forms") - PROBLEMS.keys() == set()


def test_every_conflict_has_a_sentence() -> None:
    assert raised("Conflict", WORKFLOWS) - ERRORS.keys() == set()


def test_every_event_has_words() -> None:
    assert literal_arguments("record", WORKFLOWS, 2) - AUDIT.keys() == set()
    kinds = re.compile(r'"((?:instance|element|task|timer|message|incident|decision|expression)\.[a-z]+ed)"')
    noted = {kind for path in (WORKFLOWS / "engine").rglob("*.py") for kind in kinds.findall(path.read_text("utf-8"))}
    assert noted
    assert noted - EVENTS.keys() == set()


def raised(name: str, folder: Path) -> set[str]:
    """The codes with which ``name`` is raised."""
    return literal_arguments(name, folder, 0)


def literal_arguments(name: str, folder: Path, position: int) -> set[str]:
    """The literal texts that calls of ``name`` in ``folder`` have as argument ``position``."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) <= position:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            argument = node.args[position]
            if called == name and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add(argument.value)
    return found


def test_design_system_appears_in_macros_only() -> None:
    used = re.compile(r'class="[^"]*kern-')
    pages = [path for path in TEMPLATES.rglob("*.html") if path.parent.name != "macros"]
    assert [str(path.relative_to(TEMPLATES)) for path in pages if used.search(path.read_text("utf-8"))] == []


def test_templates_stay_short() -> None:
    lengths = [len(path.read_text("utf-8").splitlines()) for path in TEMPLATES.rglob("*.html")]
    assert median(lengths) <= 50
    assert max(lengths) <= 120


def test_no_script_or_style_inside_a_page() -> None:
    """The content security policy would drop them; a block of data is never run."""
    inline = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|<style|\sstyle=|\son\w+=", re.IGNORECASE)
    assert [str(path) for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text("utf-8"))] == []
