"""The house's words for its codes: states, problems, errors, events. German here, other languages by gettext."""

from collections.abc import Callable, Mapping
from typing import Any

from webapp.wording.errors import error_text, status_text
from webapp.wording.events import audit_text, deputy_text, event_text, event_tone, told_for
from webapp.wording.figures import answer_time, reliability_text
from webapp.wording.list_names import list_name
from webapp.wording.mails import mail_failure
from webapp.wording.problems import problem_text
from webapp.wording.states import Word, code_word, relation_options, state_options, status_word
from webapp.wording.trials import way_text

#: What templates may call.
GLOBALS: Mapping[str, Callable[..., Any]] = {
    "status_word": status_word,
    "problem_text": problem_text,
    "error_text": error_text,
    "event_text": event_text,
    "event_tone": event_tone,
    "audit_text": audit_text,
    "code_word": code_word,
    "list_name": list_name,
    "mail_failure": mail_failure,
    "state_options": state_options,
    "relation_options": relation_options,
    "reliability_text": reliability_text,
    "answer_time": answer_time,
    "way_text": way_text,
}

__all__ = [
    "GLOBALS",
    "Word",
    "answer_time",
    "audit_text",
    "code_word",
    "deputy_text",
    "error_text",
    "event_text",
    "event_tone",
    "list_name",
    "mail_failure",
    "problem_text",
    "relation_options",
    "reliability_text",
    "status_text",
    "status_word",
    "told_for",
    "way_text",
]
