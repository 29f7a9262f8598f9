"""The details of audit entries in words: no reader meets a code."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_currency
from flask_babel import gettext as _

from webapp.i18n import language, shown
from webapp.wording.events import detail_label
from webapp.wording.lists import Words
from webapp.wording.mails import mail_failure
from webapp.wording.states import STATES, code_word, status_word
from workflows.actions import house_forms
from workflows.core.tx import Tx
from workflows.domain import offices, people, programmes

# Detail → code list of its values; what depends on the event stands as (noun of the event, detail).
LISTS: Mapping[str | tuple[str, str], str] = {
    "channel": "channel",
    "choice": "choice",
    "consideration": "consideration",
    "decline_reason": "decline_reason",
    "language": "language",
    "legal_basis": "legal_basis",
    "office_task": "office_task",
    "support_level": "support_level",
    "topics": "topic",
    "urgency": "urgency",
    "ways": "way",
    "kind": "kind",
    ("contact", "kind"): "contact_kind",
    ("case", "outcome"): "case_outcome",
    ("case", "answer"): "case_confirmation",
    ("case", "before"): "case_confirmation",
    ("referral", "answer"): "confirmation",
    ("referral", "before"): "confirmation",
    ("appointment", "answer"): "confirmation",
    ("referral", "confirmed"): "confirmation",
    ("referral", "outcome"): "referral_outcome",
    ("referral", "fields"): "share",
    ("contact", "role"): "contact_role",
    "source": "value_source",
}
# Details that name a state of what the event is about, and small lists of the house itself.
STATE_DETAILS = frozenset({"before", "from", "status", "result"})
HOUSE_LISTS: Mapping[str | tuple[str, str], str] = {
    "roles": "role",
    "question": "survey",
    "fields": "column",
    "verdict": "verdict",
    ("invitation", "by"): "answered_by",
    ("draft", "origin"): "draft_origin",
    ("organisation", "kind"): "relation",
    ("publication", "kind"): "publication_kind",
    ("publication", "reason"): "publication_failed",
    ("token", "scope"): "token_scope",
}
# Whose fields are those of a form of the house: they are called what the form calls them.
FORMS: Mapping[str, str] = {"office": "office", "organisation": "organisation", "programme": "programme"}
# Stored as text, so that no digit is lost.
AMOUNTS = frozenset({"amount", "spent", "requested", "total"})


class DetailWords:
    """Words for the details of entries, read once for a page."""

    def __init__(self, tx: Tx) -> None:
        self.word = Words(tx, {*LISTS.values(), "decline_reason", "case_outcome"})
        groups = people.group_names(tx.session)
        self.named: Mapping[str, Mapping[str, str]] = {
            "office": offices.names(tx.session),
            "group": groups,
            "groups": groups,
            "programme": programmes.names(tx.session),
        }

    def rows(self, event: str, details: Mapping[str, Any], without: Collection[str] = ()) -> list[dict[str, str]]:
        """Label and value of every detail that has one."""
        noun = event.partition(".")[0]
        rows: list[dict[str, str]] = []
        for name, value in details.items():
            if name in without:
                continue
            if name == "changes" and isinstance(value, list):
                rows += [self._change(noun, change) for change in value]
            else:
                rows.append({"label": detail_label(noun, name), "value": self.value(event, name, value)})
        return [row for row in rows if row["value"]]

    def value(self, event: str, name: str, value: Any) -> str:
        """One value in words; several joined."""
        if isinstance(value, list | tuple):
            return ", ".join(self.value(event, name, item) for item in value)
        noun = event.partition(".")[0]
        if not isinstance(value, str):
            return shown(value)
        if event == "referral.declined" and name == "reason":
            return self.word("decline_reason", value)
        if event == "mail.failed" and name == "reason":
            return mail_failure(value)
        if name in AMOUNTS:
            return str(format_currency(Decimal(value), "EUR"))
        if name == "on" and value:
            return shown(date.fromisoformat(value))
        if name == "fields" and noun in FORMS:
            return field_name(FORMS[noun], value)
        if event == "user.access_set" and name == "before":
            return self.named["groups"].get(value) or code_word("role", value)
        names = self.named.get(name)
        if names is not None:
            return names.get(value, value)
        of_list = LISTS.get((noun, name)) or LISTS.get(name)
        found = self.word(of_list, value) if of_list else value
        if found == value and name in STATE_DETAILS and value in STATES.get(noun, {}):
            return str(status_word(noun, value).text)
        of_house = HOUSE_LISTS.get((noun, name)) or HOUSE_LISTS.get(name)
        return code_word(of_house, value) if found == value and of_house else found

    def _change(self, noun: str, change: Mapping[str, Any]) -> dict[str, str]:
        """One changed fact: what it was and what it is; of a personal one, only that it changed."""
        name = str(change.get("field", ""))
        if "after" not in change:
            return {"label": code_word("column", name), "value": _("geändert")}
        before, after = (self.value(f"{noun}.edited", name, change.get(side)) for side in ("before", "after"))
        nothing = _("nichts")
        return {"label": code_word("column", name), "value": f"{before or nothing} → {after or nothing}"}


def field_name(form: str, key: str) -> str:
    """What a form of the house calls its field; a word of the house, else the key, for a field it has no more."""
    found = next((field.label for field in house_forms.form(form).walk() if field.key == key and field.label), None)
    return code_word("column", key) if found is None else house_forms.translate(found, language())
