"""What process owners do with the forms of a draft: list, add, change, arrange, look at them as readers will."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from workflows import forms
from workflows.actions import forms as drawing
from workflows.actions import workshop, workshop_words
from workflows.actions.workshop_words import Coverage, DraftWords
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.engine.drafts import Stored
from workflows.feel import FeelSyntaxError, compile_expression
from workflows.forms import Cleaned, Field, Form, FormError, editing, settings
from workflows.forms.editing import Row, Schema
from workflows.operators import FUNCTIONS

Values = Mapping[str, Any]
NOTHING_MORE: Mapping[str, bytes] = {}
SAMPLE_TEXT, SAMPLE_NUMBER = "Beispiel", Decimal(12)


@dataclass(frozen=True, slots=True)
class Listed:
    """One form of a draft: where it is used, how large it is; ``problem`` says why it cannot be read."""

    id: str
    path: str
    steps: Sequence[str] = ()
    fields: int = 0
    coverage: Sequence[Coverage] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A form as it lies in the draft: its schema to be changed, and ``revision`` to say what a change was made from."""

    id: str
    path: str
    revision: int
    schema: Schema = field(repr=False)
    files: Mapping[str, Stored] = field(repr=False)

    @property
    def words(self) -> DraftWords:
        """The translations of the draft."""
        return workshop_words.words_of(self.files)

    def rows(self) -> list[Row]:
        """The components in the order of reading."""
        return list(editing.rows(self.schema))

    def parsed(self, *, everything: bool = False) -> Form:
        """The form as it would run, with ``everything`` no condition hides a field; raises ``FormError``."""
        schema = editing.unconditional(self.schema) if everything else self.schema
        return forms.parse(editing.write(schema), FUNCTIONS)


def listed(tx: Tx, draft_id: int, languages: Sequence[str]) -> list[Listed]:
    """Every form of a draft, with how far it is translated; raises ``NotFound``."""
    files = workshop.files(tx, draft_id)
    content = workshop_words.content(tx, draft_id)
    words = workshop_words.words_of(files)
    used: dict[str, list[str]] = {}
    for element in content.parsed.elements.values() if content.parsed else ():
        if element.form_id:
            used.setdefault(element.form_id, []).append(element.name or element.id)
    found = []
    for path, each in files.items():
        if path.endswith(".form"):
            try:
                schema = editing.read(each.data)
            except FormError as error:
                found.append(
                    Listed(path.removesuffix(".form"), path, problem=Problem(f"form_{error.code}", error.facts))
                )
                continue
            form_id = _id_in(schema, path)
            form = content.forms.get(form_id)
            states = workshop_words.coverage(words, form.german(), languages) if form else []
            found.append(Listed(form_id, path, used.get(form_id, []), len(list(editing.rows(schema))), states))
    return sorted(found, key=lambda form: form.id)


def read(tx: Tx, draft_id: int, form_id: str) -> Held:
    """One form; raises ``NotFound``, ``FormError`` for one that cannot be edited."""
    files = workshop.files(tx, draft_id)
    for path, each in files.items():
        if path.endswith(".form") and path.removesuffix(".form") == form_id:
            return Held(form_id, path, each.revision, editing.read(each.data), files)
    for path, each in files.items():
        if path.endswith(".form") and f'"{form_id}"'.encode() in each.data:
            schema = editing.read(each.data)
            if _id_in(schema, path) == form_id:
                return Held(form_id, path, each.revision, schema, files)
    raise NotFound("form_unknown", form=form_id[:100], process="")


def _id_in(schema: Schema, path: str) -> str:
    found = schema.get("id")
    return found if isinstance(found, str) and found else path.removesuffix(".form")


def create(tx: Tx, draft_id: int, title: str) -> str:
    """A new form with its name as a heading; gives its id. Raises ``Invalid`` without a name."""
    form_id = editing.slug(title)
    if not form_id:
        raise Invalid({"title": (Problem("required"),)})
    files = workshop.files(tx, draft_id)
    form_id = editing.free_name(form_id, {path.removesuffix(".form") for path in files})
    schema, _ = editing.added(editing.new(form_id), "group", title.strip()[:200])
    workshop.save(tx, draft_id, {f"{form_id}.form": editing.write(schema)})
    return form_id


def delete(tx: Tx, draft_id: int, held: Held, revision: int) -> None:
    """Take a form, as it was at ``revision``, out of the draft; its history stays. Raises as ``workshop.save``."""
    workshop.save(tx, draft_id, {held.path: None}, {held.path: revision})


def write(
    tx: Tx, draft_id: int, held: Held, schema: Schema, revision: int, more: Mapping[str, bytes] = NOTHING_MORE
) -> None:
    """Keep a changed schema, made from ``revision``, and ``more`` files with it; raises as ``workshop.save``."""
    workshop.save(tx, draft_id, {held.path: editing.write(schema), **more}, {held.path: revision})


def change_field(tx: Tx, draft_id: int, held: Held, component_id: str, typed: Values, revision: int) -> None:
    """Keep what was typed about one component; its translations follow a changed German text.

    Raises ``NotFound``, ``Invalid`` with the problems by setting, and as ``workshop.save``.
    """
    before = editing.find(held.schema, component_id)
    component, problems = settings.changed(before, typed, FUNCTIONS)
    schema = editing.replaced(held.schema, component_id, component)
    problems = problems or _newly_wrong(held.schema, schema)
    if problems:
        raise Invalid(problems)
    renamed = _renamed(before, component)
    others = workshop_words.sources(workshop_words.content(tx, draft_id)) if renamed else {}
    here = _german(schema)
    used = {text for form_id, texts in others.items() if form_id != held.id for text in texts} | here
    write(tx, draft_id, held, schema, revision, workshop_words.carried(held.files, renamed, used))


def _newly_wrong(before: Schema, after: Schema) -> dict[str, tuple[Problem, ...]]:
    """What makes a form unreadable that was readable before: a key twice, too many fields."""
    try:
        forms.parse(editing.write(after), FUNCTIONS)
    except FormError as error:
        try:
            forms.parse(editing.write(before), FUNCTIONS)
        except FormError:
            return {}
        return {settings.setting_of(error): (Problem(f"form_{error.code}", error.facts),)}
    return {}


def _german(schema: Schema) -> set[str]:
    try:
        return set(forms.parse(editing.write(schema), FUNCTIONS).german())
    except FormError:
        return set()


def _renamed(before: Values, after: Values) -> dict[str, str]:
    """From each German text of a component that changed to what it says now; options are matched by value."""
    pairs = [(before.get(name), after.get(name)) for name in ("label", "description", "text", "content")]
    labels = {str(each.get("value")): each.get("label") for each in _options(after)}
    pairs += [(each.get("label"), labels.get(str(each.get("value")))) for each in _options(before)]
    return {
        old.strip(): new.strip()
        for old, new in pairs
        if isinstance(old, str) and isinstance(new, str) and old.strip() and old.strip() != new.strip()
    }


def _options(component: Values) -> list[dict[str, Any]]:
    values = component.get("values")
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def drawn(tx: Tx, held: Held, form: Form, values: Values | None, language: str) -> list[Field]:
    """The visible fields as a reader of ``language`` meets them, read-only ones filled with invented values.

    Raises ``NotFound`` for a code list that does not exist.
    """
    variables = samples(tx, form.fields)
    typed = drawing.untouched(tx, form, variables) if values is None else values
    return drawing.drawn(tx, held.words, form, typed, variables, language)


def tried(tx: Tx, form: Form, values: Values) -> Cleaned:
    """What a reader would be told after sending these values."""
    return drawing.cleaned(tx, form, values, samples(tx, form.fields))


def samples(tx: Tx, fields: Sequence[Field]) -> dict[str, Any]:
    """Invented values for what a form only shows: no personal data of any case appears in a preview."""
    found: dict[str, Any] = {}
    for each in fields:
        if each.kind == "group" and not each.key:
            found |= samples(tx, each.fields)
        elif each.is_read_only and each.key:
            found[each.key] = _sample(tx, each)
    return found


def _sample(tx: Tx, each: Field) -> Any:
    if each.kind in {"group", "dynamiclist"}:
        inside = samples(tx, each.fields)
        return inside if each.kind == "group" else [inside]
    options = codes.options(tx.session, each.code_list, "de") if each.code_list else each.options
    chosen = options[0].value if options else SAMPLE_TEXT
    values: dict[str, Any] = {
        "number": SAMPLE_NUMBER,
        "checkbox": True,
        "select": chosen,
        "radio": chosen,
        "file": None,
    }
    values |= {"checklist": [chosen], "taglist": [chosen], "datetime": _moment(tx.now, each.subtype)}
    return values.get(each.kind, SAMPLE_TEXT)


def _moment(now: datetime, subtype: str) -> Any:
    return {"date": now.date(), "time": now.time()}.get(subtype, now)


def condition_problem(source: str) -> FeelSyntaxError | None:
    """What is wrong with an expression, for live help; with or without its leading sign."""
    text = source.strip().removeprefix("=").strip()[:5_000]
    if not text:
        return None
    try:
        compile_expression(text, functions=FUNCTIONS)
    except FeelSyntaxError as error:
        return error
    return None


def code_lists(tx: Tx) -> list[str]:
    """The names of the lists a field may take its options from."""
    return sorted(codes.lists(tx.session))
