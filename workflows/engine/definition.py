"""One version of a process, ready to run: parsed once, read-only, shared by all threads."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from workflows.core.errors import NotFound
from workflows.engine.bundle import Bundle
from workflows.engine.content import Content, Decisions, Translation
from workflows.engine.dialect import ParsedProcess
from workflows.forms import Form

GERMAN = "de"
PLAIN_GERMAN = "de_simple"


@dataclass(frozen=True, eq=False)
class Definition:
    """A version with everything its cases need.

    ``version_id`` is what instances are pinned to; ``patch`` counts changes of texts and translations, which running
    cases take at once. ``diagram`` is the XML of the main diagram, ``forms`` go by form id, ``texts`` by name and
    language, ``translations`` by language and German source. ``digests`` tell whether a form, a decision (``form/ID``,
    ``decision/ID``) or the ``texts`` are the same in another version.
    """

    version_id: int
    key: str
    number: int
    patch: int
    sha256: str
    name: str
    process: ParsedProcess
    forms: Mapping[str, Form]
    decisions: Decisions
    texts: Mapping[tuple[str, str], str]
    translations: Mapping[str, Mapping[str, Translation]]
    diagram: bytes
    digests: Mapping[str, str]

    @property
    def specs(self) -> ParsedProcess:
        """The diagrams, read: the same as ``process``."""
        return self.process

    def element_name(self, element_id: str, language: str = GERMAN) -> str:
        """What people call an element: its name in the diagram, translated; its id when it has none."""
        element = self.process.elements.get(element_id)
        return self.translate(element.name, language) if element is not None and element.name else element_id

    def translate(self, text: str, language: str) -> str:
        """A German source text in a language; what is not translated stays plain German, else German."""
        for candidate in _reading_order(language):
            found = self.translations.get(candidate, {}).get(text)
            if found is not None:
                return found.text
        return text

    def translator(self, language: str) -> Callable[[str], str]:
        """``translate`` for one language, as ``forms.visible`` takes it."""
        return lambda text: self.translate(text, language)

    def text(self, name: str, language: str) -> str:
        """The mail or page text of that name; falls back like ``translate``, raises ``NotFound`` without any."""
        for candidate in _reading_order(language):
            found = self.texts.get((name, candidate))
            if found is not None:
                return found
        raise NotFound("text_unknown", name=name, process=self.key)

    def form(self, form_id: str) -> Form:
        """The form; raises ``NotFound``."""
        if form_id not in self.forms:
            raise NotFound("form_unknown", form=form_id, process=self.key)
        return self.forms[form_id]


def _reading_order(language: str) -> Iterable[str]:
    if language == GERMAN:
        return (GERMAN,)
    return (language, GERMAN) if language == PLAIN_GERMAN else (language, PLAIN_GERMAN, GERMAN)


@dataclass(frozen=True, slots=True)
class Identity:
    """What names one state of one version in one database."""

    version_id: int
    key: str
    number: int
    patch: int
    sha256: str


def define(identity: Identity, bundle: Bundle, content: Content) -> Definition:
    """The definition of a bundle that was checked and found without errors."""
    parsed = content.parsed
    if parsed is None or identity.key not in parsed.processes:
        raise ValueError("only a checked bundle can be defined")
    return Definition(
        version_id=identity.version_id,
        key=identity.key,
        number=identity.number,
        patch=identity.patch,
        sha256=identity.sha256,
        name=parsed.processes[identity.key].name or identity.key,
        process=parsed,
        forms=content.forms,
        decisions=Decisions(content.decisions),
        texts=content.texts,
        translations=content.translations,
        diagram=bundle.files[bundle.diagram],
        digests=_digests(bundle, content),
    )


def _digests(bundle: Bundle, content: Content) -> dict[str, str]:
    files = {path: sha256(data).hexdigest() for path, data in bundle.files.items()}
    models = {id(model): path for path, model in content.models.items()}
    forms = {f"form/{key}": files[path] for key, path in content.form_files.items()}
    decisions = {f"decision/{key}": files[models[id(model)]] for key, model in content.decisions.items()}
    words = sorted(f"{path}:{digest}" for path, digest in files.items() if "/" in path)
    return {**forms, **decisions, "texts": sha256("\n".join(words).encode()).hexdigest()}


_MOST_KEPT = 200
_kept: OrderedDict[Identity, Definition] = OrderedDict()
_lock = Lock()


def cached(identity: Identity, make: Callable[[], Definition]) -> Definition:
    """The definition of that identity, made at most once at a time and kept while it is among the last used."""
    with _lock:
        found = _kept.get(identity)
        if found is None:
            found = make()
            _kept[identity] = found
        _kept.move_to_end(identity)
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
        return found
