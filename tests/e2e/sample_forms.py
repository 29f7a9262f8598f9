"""Forms for the gallery: every kind of field, in German."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from webapp.forms.view import FormView
from workflows.core.errors import Problem
from workflows.forms.model import Field, Option, Rules

MUST = Rules(required=True)
TOPICS = (
    "Deutscherwerb",
    "Schule",
    "Ausbildung",
    "Beruf und Weiterbildung",
    "Berufliche Anerkennung",
    "Jugendarbeit",
    "Eltern und Familie",
    "Gesundheit",
    "Fördermittel und Finanzen",
    "Räume",
    "Technik und Material",
    "Kultur",
    "Sport",
)


def _field(key: str, kind: str, label: str, **more: Any) -> Field:
    return Field(id=key, kind=kind, key=key, label=label, path=key, **more)


def _options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(str(number), label) for number, label in enumerate(labels))


def _group(key: str, label: str, *fields: Field, description: str = "") -> Field:
    return Field(id=key, kind="group", label=label, description=description, fields=fields)


ENQUIRY: Sequence[Field] = (
    _group(
        "about",
        "Worum geht es?",
        _field(
            "choice",
            "radio",
            "Was brauchen Sie?",
            options=_options("Beratung oder eine Frage", "Räume", "Weiterbildung", "Fördermittel", "Etwas anderes"),
            rules=MUST,
            value="1",
        ),
        _field(
            "topics",
            "checklist",
            "Welche Themen passen?",
            description="Sie können mehrere wählen.",
            options=_options(*TOPICS),
            rules=MUST,
            value=["9"],
        ),
        _field(
            "text", "textarea", "Beschreiben Sie kurz, worum es geht", description="Ein paar Sätze reichen.", rules=MUST
        ),
    ),
    _group(
        "you",
        "Wer sind Sie?",
        _field("organisation_name", "textfield", "Name Ihres Vereins", rules=MUST),
        _field("contact_name", "textfield", "Ihr Name", rules=MUST),
        _field(
            "contact_email",
            "textfield",
            "E-Mail-Adresse",
            description="Hierhin schicken wir die Bestätigung.",
            rules=Rules(required=True, format="email"),
        ),
        _field("contact_phone", "textfield", "Telefon", rules=Rules(format="phone")),
        _field("people", "number", "Für wie viele Menschen?"),
    ),
    _group(
        "consent_group",
        "Ihre Erlaubnis",
        Field(id="notice", kind="text", text="Wir geben Ihre Angaben nur an Stellen weiter, die Ihnen helfen können."),
        _field(
            "consent",
            "checkbox",
            "Sie dürfen meine Angaben an passende Stellen weitergeben.",
            description="Das können Sie jederzeit zurücknehmen.",
            rules=MUST,
        ),
    ),
)

OFFICE_ANSWER: Sequence[Field] = (
    _field(
        "answer",
        "radio",
        "Ihre Antwort",
        options=_options(
            "Verweisung annehmen", "Verweisung ablehnen", "An eine andere Stelle weiterreichen", "Rückfrage stellen"
        ),
        rules=MUST,
    ),
    _field("note", "textarea", "Möchten Sie etwas dazu sagen?"),
)

TRIAGE: Sequence[Field] = (
    _field("urgency", "select", "Wie eilig ist es?", options=_options("normal", "dringend"), rules=MUST, value="0"),
    _field(
        "support",
        "radio",
        "Wie viel Unterstützung wünscht der Verein?",
        options=_options("nur informieren", "begleiten", "professionalisieren"),
    ),
    _field("until", "datetime", "Wiedervorlage am", subtype="date"),
    Field(
        id="items",
        kind="dynamiclist",
        key="items",
        label="Schritte",
        path="items",
        rows=((Field(id="what", kind="textfield", key="what", label="Was", path="items[0].what", value="Anrufen"),),),
    ),
    _field("paper", "file", "Unterlagen", is_multiple=True),
)


def sample_form(fields: Sequence[Field], wrong: Sequence[str] = ()) -> FormView:
    """The form as a page gets it; ``wrong`` names fields that carry a problem."""
    problems = {path: (Problem("required"),) for path in wrong}
    return FormView(fields=tuple(_copied(fields)), problems=problems, refresh_url="/refresh")


def _copied(fields: Sequence[Field]) -> Iterator[Field]:
    return (replace(item) for item in fields)
