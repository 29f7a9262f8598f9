"""``lotse check PATH…``: folders, zips and single files, in lines and an exit code."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from workflows.engine import bundle as bundles
from workflows.engine.bundle import Bundle, BundleUnreadable
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks.checking import check
from workflows.engine.checks.wording import line, sentence
from workflows.engine.findings import Finding
from workflows.engine.normalise import Normalised, normalise

#: What says something only together with its process.
PARTS = frozenset({".json", ".txt", ".yaml", ".yml"})
CLEAN, FINDINGS, UNREADABLE = 0, 1, 2
#: Codes that mean a file could not be read at all, rather than that something in it is wrong.
NOT_READ = frozenset(
    {
        "not_xml",
        "too_large",
        "document_type",
        "form_not_json",
        "form_schema_too_large",
        "decision_not_xml",
        "decision_too_large",
        "decision_document_type",
        "text_not_utf8",
        "translations_not_json",
        "scenario_unreadable",
        "check_failed",
    }
)


@dataclass(frozen=True, slots=True)
class Report:
    """What to print and how to exit: 0 clean or warnings only, 1 errors, 2 something could not be read."""

    lines: tuple[str, ...]
    exit_code: int


Beside = Callable[[Path, Bundle], Iterable[Finding]]


def _nothing(_path: Path, _bundle: Bundle) -> Iterable[Finding]:
    return ()


def check_files(
    paths: Iterable[Path],
    catalogue: Catalogue,
    language: str = "de",
    *,
    normalising: bool = False,
    beside: Beside = _nothing,
) -> Report:
    """Check bundles (folders or zips) and single diagrams, forms and decision tables; raises for no content.

    ``normalising`` brings diagrams of other tools into the dialect first, as an upload does, and tells each change.
    ``beside`` looks at what lies beside the bundle at a path and is no part of it, such as its scenarios.
    """
    lines: list[str] = []
    worst = CLEAN
    for path in paths:
        found, code = _check_path(path, catalogue, language, normalising, beside)
        lines += [f"{path}: {each}" for each in found]
        worst = max(worst, code)
    return Report(tuple(lines), worst)


def _check_path(
    path: Path, catalogue: Catalogue, language: str, normalising: bool, beside: Beside
) -> tuple[list[str], int]:
    try:
        bundle = open_bundle(path)
        around = list(beside(path, bundle))
    except BundleUnreadable as error:
        return [sentence(error.code, error.facts, language)], UNREADABLE
    found = normalise(bundle) if normalising else Normalised(bundle, ())
    findings = check(found.bundle, catalogue)
    if path.suffix in {".form", ".dmn"}:
        findings = [each for each in findings if each.file == path.name]
    findings = [*found.changes, *findings, *around]
    return [line(each, language) for each in findings] or [_clean(language)], _exit_code(findings)


def _clean(language: str) -> str:
    return "ohne Befund" if language == "de" else "no findings"


def _exit_code(findings: list[Finding]) -> int:
    if any(each.code in NOT_READ for each in findings):
        return UNREADABLE
    return FINDINGS if any(each.severity == "error" for each in findings) else CLEAN


def open_bundle(path: Path) -> Bundle:
    """A bundle; a single file is looked at with what lies beside it. Raises ``BundleUnreadable``."""
    if path.suffix in PARTS:
        raise BundleUnreadable("part_alone", file=path.name)
    try:
        if path.is_dir() or not bundles.is_run_time(path.name):
            return bundles.read(path)
        content = bundles.content_of(path, bundles.LARGEST_MEMBER, "file_too_large")
    except OSError as error:
        raise bundles.unreadable(path, error) from None
    if path.suffix != ".bpmn":
        return Bundle(path.stem, {path.name: content})
    beside = _beside(path)
    return Bundle(path.stem, dict(sorted({**beside, path.name: content}.items())))


def _beside(path: Path) -> dict[str, bytes]:
    """Forms, decisions and texts in the folder of a diagram; other diagrams are other processes."""
    try:
        files = bundles.read(path.resolve().parent).files
    except BundleUnreadable:
        return {}
    return {name: data for name, data in files.items() if not name.endswith(".bpmn")}
