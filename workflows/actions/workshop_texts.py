"""What process owners do with the texts of a draft, mails and letters: change them by language, see one sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from workflows.actions import workshop
from workflows.core import texts
from workflows.core.clock import BERLIN
from workflows.core.errors import Invalid, LotseError, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine.bundle import Bundle
from workflows.engine.content import LONGEST_TEXT, read_content
from workflows.engine.dialect import Element
from workflows.engine.drafts import Stored
from workflows.forms.editing import slug
from workflows.operators import FUNCTIONS
from workflows.operators import texts as filled

GERMAN = "de"
#: What every mail may name without being given it, with an invented value; dates are made from today.
SAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "case.reference": "2026-0042",
        "case.contact_name": "Frau Beispiel",
        "case.organisation_name": "Verein Musterbrücke",
        "office.name": "Beispielamt",
        "referral.reason": "Ein Raum für einen Elternabend wird gesucht.",
        "referral.decline_reason": "keine Kapazität",
        "referral.outcome": "geholfen",
        "referral.consideration": "Wir nehmen den Bedarf in die Planung auf.",
    }
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One text: the steps that send it, and the languages it is there in."""

    name: str
    steps: Sequence[str]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A look-up of a text: what it stands for, if every mail knows it, and an invented value."""

    name: str
    is_standard: bool
    sample: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as its reader gets it, with invented values; ``problem`` when it cannot be sent like this."""

    subject: str = ""
    body: str = ""
    problem: Problem | None = None


def listed(tx: Tx, draft_id: int) -> list[Listed]:
    """Every text of a draft; raises ``NotFound``."""
    bundle = workshop.bundle(tx, draft_id)
    content = read_content(bundle, FUNCTIONS)
    steps: dict[str, list[str]] = {}
    for element in content.parsed.elements.values() if content.parsed else ():
        for name in sent_by(element):
            steps.setdefault(name, []).append(element.name or element.id)
    found: dict[str, set[str]] = {}
    for _path, name, language, _data in bundle.texts():
        found.setdefault(name, set()).add(language)
    return [Listed(name, steps.get(name, []), frozenset(found[name])) for name in sorted(found)]


def sent_by(element: Element) -> list[str]:
    """The texts an element names: its input ``text``, or the literal words of the formula there."""
    sources = [each.source.strip() for each in element.inputs if each.target == "text"]
    formulas = [part for source in sources if source.startswith("=") for part in source.split('"')[1::2]]
    return [*(source for source in sources if not source.startswith("=")), *formulas]


def versions(tx: Tx, draft_id: int, name: str) -> dict[str, Stored]:
    """One text by language; raises ``NotFound``."""
    files = workshop.files(tx, draft_id)
    known = Bundle("", {path: each.data for path, each in files.items()}).texts()
    found = {language: files[path] for path, own, language, _data in known if own == name}
    if not found:
        raise NotFound("text_unknown", name=name[:100], process="")
    return found


def words(stored: Stored | None) -> str:
    """The text in a file; empty for none."""
    return stored.data.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip() if stored else ""


def keep(tx: Tx, draft_id: int, name: str, typed: Mapping[str, str], read: Mapping[str, int]) -> None:
    """Write a text in some languages, an empty one taking it out; ``read`` are the revisions they were made from.

    Raises ``Invalid`` with the problems by language, and as ``workshop.save``.
    """
    before = versions(tx, draft_id, name)
    problems = {
        language: (problem,)
        for language, text in typed.items()
        if (text or language == GERMAN) and (problem := problem_of(text))
    }
    if problems:
        raise Invalid(problems)
    changed: dict[str, bytes | None] = {}
    for language, text in typed.items():
        if text != words(before.get(language)):
            changed[path_of(name, language)] = f"{text}\n".encode() if text else None
    workshop.save(tx, draft_id, changed, {path_of(name, language): revision for language, revision in read.items()})


def problem_of(text: str) -> Problem | None:
    """Why a text cannot be sent as a mail; None when it can."""
    if len(text) > LONGEST_TEXT:
        return Problem("text_too_long", {"max": LONGEST_TEXT})
    try:
        texts.placeholders(text)
        texts.split(text)
    except LotseError as error:
        return Problem(error.code, error.facts)
    return None


def create(tx: Tx, draft_id: int, title: str) -> str:
    """A new text, begun in German with its subject; gives its name. Raises ``Invalid``, and as ``workshop.save``."""
    name, subject = slug(title), " ".join(title.split())[:200]
    if not name:
        raise Invalid({"title": (Problem("required"),)})
    if path_of(name, GERMAN) in workshop.files(tx, draft_id):
        raise Invalid({"title": (Problem("text_taken", {"text": name}),)})
    text = (
        f"Betreff: {subject}\n\nGuten Tag,\n\n\n\nViele Grüße\nIhre Koordinierungsstelle für Migrantenorganisationen\n"
    )
    workshop.save(tx, draft_id, {path_of(name, GERMAN): text.encode()})
    return name


def path_of(name: str, language: str) -> str:
    """Where a text in a language lies."""
    return f"texts/{name}.{language}.txt"


def placeholders(tx: Tx, *every: str) -> list[Placeholder]:
    """What these texts look up, each name once, with the value a preview shows."""
    names: dict[str, None] = {}
    for text in every:
        try:
            names |= dict.fromkeys(texts.placeholders(text))
        except LotseError:
            continue
    samples = {name: texts.render(f"{{{{{name}}}}}", _nested([name], tx.now)) for name in names}
    return [Placeholder(name, name in filled.STANDARD[""], samples[name]) for name in names]


def seen(tx: Tx, text: str, language: str) -> Seen:
    """The text as it would be sent, with invented values: no case is looked at."""
    problem = problem_of(text)
    if problem is not None:
        return Seen(problem=problem)
    subject, body = filled.rendered(text, _nested(texts.placeholders(text), tx.now), language)
    return Seen(subject, body)


def _nested(names: Sequence[str], now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in names:
        *parts, last = name.split(".")
        holder = values
        for part in parts:
            inner = holder.get(part)
            holder[part] = holder = inner if isinstance(inner, dict) else {}
        if not isinstance(holder.get(last), dict):
            holder[last] = _sample(name, last, now)
    return values


def _sample(name: str, last: str, now: datetime) -> str | date:
    if last.endswith(("_on", "_at", "deadline", "date")):
        return now.astimezone(BERLIN).date() + timedelta(days=14 if "deadline" in last else 0)
    return SAMPLES.get(name) or f"Beispiel ({last})"
