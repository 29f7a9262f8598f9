"""Every code has its sentences in both languages, and they come out filled."""

import re
from pathlib import Path
from string import Formatter

import pytest

from tests.engine.checking import findings
from tests.engine.diagrams import STRAIGHT, form
from workflows.engine import checks
from workflows.engine.checks.words import WORDS

ENGINE = Path(checks.__file__).parent.parent
FORMS = ENGINE.parent / "forms"
CODE = r'"([a-z_]+)"'
#: Where codes stand in the sources, and what is put before them.
PLACES = [
    (ENGINE / "dialect", rf"(?:refuse\([^,()]+|Refusal\([^,()]+(?:\([^()]*\))?), {CODE}", ""),
    (ENGINE / "dialect", rf"DialectError\({CODE}", ""),
    (ENGINE / "checks", rf"examined\.(?:error|warning)\([^,]+(?:\([^()]*\))?, {CODE}", ""),
    (ENGINE / "checks", rf'Finding\("(?:error|warning)", [^"]*(?:"[^"]*"[^"]*)?, {CODE}, \{{', ""),
    (ENGINE, rf"content\.fault\([^,]+, {CODE}", ""),
    (ENGINE, rf"BundleUnreadable\({CODE}", ""),
    (FORMS, rf"FormError\({CODE}", "form_"),
]


def codes_in(folder: Path, pattern: str, prefix: str) -> set[str]:
    """The codes that the sources of a folder use."""
    sources = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    return {prefix + found for found in re.findall(pattern, sources)}


@pytest.mark.parametrize(("folder", "pattern", "prefix"), PLACES)
def test_every_code_of_the_sources_has_words(folder: Path, pattern: str, prefix: str) -> None:
    found = codes_in(folder, pattern, prefix)
    assert found
    assert found <= WORDS.keys()


def test_german_and_english_use_the_same_facts() -> None:
    for code, (german, english) in WORDS.items():
        names = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in (german, english)]
        assert names[0] == names[1], code


def test_a_finding_says_where_what_and_what_to_do() -> None:
    (finding,) = findings(STRAIGHT.replace('formId="answer"', 'formId="nothing"'))
    german, english = checks.line(finding, "de"), checks.line(finding, "en")
    assert german == "Fehler  sample.bpmn: ask „Antworten“: Das Formular „nothing“ fehlt im Bündel."
    assert english.startswith("error  sample.bpmn: ask")


def test_syntax_errors_are_explained() -> None:
    hidden = {"type": "textfield", "key": "a", "conditional": {"hide": "=answer ="}}
    (finding,) = findings(files={"answer.form": form("answer", hidden)})[:1]
    text = checks.finding_text(finding, "de")
    assert "„answer =“ (Ausblenden, wenn) ist kein gültiges FEEL" in text
    assert "hört zu früh auf" in text
