"""An entry of the register as its pages show it: attributes in their groups, codes as words, origins beside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from webapp.i18n import language
from webapp.i18n import shown as plain
from webapp.identity import page_actor
from webapp.wording import audit_text, code_word
from webapp.wording.details import field_name
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import house_forms, register_table
from workflows.actions import register as kept
from workflows.actions.register import Card
from workflows.core.audit.log import Entry
from workflows.core.tx import Tx
from workflows.domain import codes, organisations
from workflows.domain.organisations import Match, Organisation, OrganisationValue
from workflows.forms import Field

Row = dict[str, Any]

FORM = house_forms.form(kept.FORM)
LISTS = frozenset({field.code_list for field in FORM.walk() if field.code_list}) | {
    *("value_source", "contact_role", "choice", "language"),
}


def options(tx: Tx, name: str) -> list[dict[str, str]]:
    """A code list as choices."""
    return [{"key": option.key, "name": option.label} for option in codes.options(tx.session, name, language())]


def choices(tx: Tx) -> dict[str, list[dict[str, str]]]:
    """The filters of the list."""
    lists = {"topics": "topic", "languages": "spoken_language", "districts": "district"}
    states = [(state, code_word("register_state", state)) for state in ("stale", "proposed", "listed")]
    found = {name: options(tx, code_list) for name, code_list in lists.items()}
    return {**found, "states": [{"key": key, "name": name} for key, name in states]}


def wanted(asked: Mapping[str, str], page: int) -> kept.Filter:
    """What the address of the list asks for."""
    words = asked["q"]
    return kept.Filter(words, asked["topic"], asked["language"], asked["district"], asked["state"], page)


def today(tx: Tx) -> str:
    """The day of now as a date input holds it."""
    return organisations.today(tx).isoformat()


def rows(tx: Tx, found: Iterable[tuple[Organisation, Mapping[str, OrganisationValue]]]) -> list[Row]:
    """The lines of the list."""
    word = Words(tx, LISTS)
    return [
        {
            "name": organisation.name,
            "place": ", ".join(filter(None, (_value(word, "district", values), organisation.city))),
            "topics": _value(word, "topics", values),
            "languages": _value(word, "languages", values),
            "state": "stale" if organisation.is_stale(tx.now) else "current",
            "checked_on": organisation.confirmed_at or organisation.created_at,
            "url": url_for("register.detail", organisation_id=organisation.id),
        }
        for organisation, values in found
    ]


def matches(found: Sequence[Match]) -> list[Row]:
    """Entries that may be meant, each with the reasons."""
    return [
        {
            "id": match.organisation.id,
            "name": match.organisation.name,
            "address": address(match.organisation),
            "reasons": [code_word("match", reason) for reason in match.reasons],
            "url": url_for("register.detail", organisation_id=match.organisation.id),
        }
        for match in found
    ]


def address(organisation: Organisation) -> str:
    """Street, postal code and town in one line."""
    place = f"{organisation.postal_code} {organisation.city}".strip()
    return ", ".join(filter(None, (organisation.street, place)))


def page(tx: Tx, card: Card) -> Row:
    """Everything the card needs."""
    organisation, word = card.organisation, Words(tx, LISTS)
    can_edit = policy.may(page_actor(), policy.ORGANISATION_EDIT)
    return {
        "organisation": organisation,
        "address": address(organisation),
        "writes": word("language", organisation.language),
        "state": "stale" if organisation.is_stale(tx.now) else "current",
        "checked_on": organisation.confirmed_at or organisation.created_at,
        "groups": groups(word, card.values),
        "contacts": [_person(word, person) for person in card.contacts],
        "relations": [_related(relation.kind, other) for relation, other in card.relations],
        "members": [_related(relation.kind, other) for relation, other in card.members],
        "advisors": [user.name for user in card.advisors],
        "people": [{"key": str(user.id), "name": user.name} for user in kept.advisors(tx)] if can_edit else [],
        "cases": [_case(word, case) for case in card.cases],
        "proposal": proposal(tx, word, card),
        "history": [_happening(word, entry) for entry in card.history],
        "can_edit": can_edit,
    }


def groups(word: Words, values: Mapping[str, OrganisationValue], only: Iterable[str] | None = None) -> list[Row]:
    """The groups of attributes with what is known, ``only`` those named; groups of nothing are left out."""
    wanted = values.keys() if only is None else set(only) & values.keys()
    found = []
    for group in FORM.fields:
        known = [field for field in group.fields if field.key in wanted]
        if known:
            lines = [_line(word, field, values[field.key]) for field in known]
            found.append({"title": house_forms.translate(group.label, language()), "rows": lines})
    return found


def _line(word: Words, field: Field, value: OrganisationValue) -> Row:
    origin = _(
        "%(source)s, Stand %(day)s",
        source=word("value_source", value.source),
        day=format_date(value.as_of, "dd.MM.yyyy"),
    )
    return {"label": label(field.key), "value": words(word, field, value.value), "origin": origin}


def ordered(names: Iterable[str]) -> list[str]:
    """Attributes in the order of the form."""
    wanted = set(names)
    return [field.key for field in FORM.walk() if field.key in wanted]


def label(name: str) -> str:
    """What a field of the entry, or a list's column about a contact person, is called in the reader's language.

    Its key if the form has it no more.
    """
    if about_person := register_table.people_columns().get(name):
        return about_person.german if language() == "de" else about_person.english
    return field_name(kept.FORM, name)


def words(word: Words, field: Field | None, value: Any) -> str:
    """A value in words."""
    if field is None or field.kind == "number":
        return str(value or "")
    if field.code_list:
        return word.several(field.code_list, value) if isinstance(value, list) else word(field.code_list, value)
    own = {option.value: house_forms.translate(option.label, language()) for option in field.options}
    return own.get(value) or plain(value)


def _value(word: Words, name: str, values: Mapping[str, OrganisationValue]) -> str:
    field = next(field for field in FORM.walk() if field.key == name)
    return words(word, field, values[name].value) if name in values else ""


def proposal(tx: Tx, word: Words, card: Card) -> Row | None:
    """What the association wants corrected, old beside new."""
    waiting = card.proposal
    if waiting is None:
        return None
    current = organisations.current(tx.session, card.organisation)
    fields = {field.key: field for field in FORM.walk() if field.key}
    changes = [
        {
            "label": label(name),
            "old": words(word, fields.get(name), current.get(name)),
            "new": words(word, fields.get(name), new) or _("(leer)"),
        }
        for name, new in waiting.changes.items()
    ]
    by = next((person.name for person in card.contacts if person.id == waiting.contact_id), "")
    known = {"id": waiting.id, "as_of": waiting.revision, "at": waiting.created_at}
    nobody_left = waiting.contact_id is None and not any(person.email for person in card.contacts)
    return {**known, "by": by, "note": waiting.note, "changes": changes, "nobody_left": nobody_left}


def _person(word: Words, person: Any) -> Row:
    return {
        "id": person.id,
        "name": person.name,
        "role": word("contact_role", person.role),
        "email": person.email,
        "phone": person.phone,
        "language": word("language", person.language),
        "is_first": person.is_first,
    }


def _related(kind: str, other: Organisation) -> Row:
    url = url_for("register.detail", organisation_id=other.id)
    return {"id": other.id, "kind": code_word("relation", kind), "name": other.name, "url": url}


def _case(word: Words, case: Any) -> Row:
    return {
        "reference": case.reference,
        "choice": word("choice", case.choice),
        "status": case.status,
        "opened_at": case.opened_at,
        "url": url_for("cases.detail", case_id=case.id),
    }


def _happening(word: Words, entry: Entry) -> Row:
    details = entry.details or {}
    changed = ", ".join(label(str(name)) for name in details.get("fields", ()))
    source = word("value_source", str(details.get("source", "")))
    return {
        "text": audit_text(entry.event),
        "detail": " · ".join(filter(None, (changed, source))),
        "at": entry.at,
        "actor": entry.label or entry.actor,
    }
