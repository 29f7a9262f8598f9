"""How the house itself is doing: stuck mails, silent workers, steps given up by the worker, pages with gaps."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from workflows.core import house_facts, presence
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain.pages import Page
from workflows.engine.incidents import Incident
from workflows.engine.messages import GIVEN_UP, Message
from workflows.engine.timers import FAILING, Timer


@dataclass(frozen=True, slots=True)
class Operation:
    """What a person should know; all false and zero when all is well."""

    failed_mails: int
    mails_wait: bool
    worker_missed: bool
    given_up: int
    unfinished_pages: int

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to tell."""
        return self == WELL


WELL = Operation(failed_mails=0, mails_wait=False, worker_missed=False, given_up=0, unfinished_pages=0)


@cache
def _state(labels: tuple[str, ...]) -> Select[Any]:
    """Built once, for every inbox of the coordination asks it; each part finds its few rows by an index.

    ``labels`` name the facts that the public pages need not miss.
    """
    text: Any = Page.text
    for label in labels:
        text = func.replace(text, f"[[{label}]]", "")
    return select(
        presence.SHOWN_LATELY,
        select(func.count()).where(Mail.status == "failed").scalar_subquery(),
        select(func.count()).where(Mail.status == "waiting").scalar_subquery(),
        select(func.count()).select_from(Timer).where(FAILING).scalar_subquery(),
        select(func.count()).select_from(Message).where(*GIVEN_UP).scalar_subquery(),
        select(func.count()).where(Incident.resolved_at.is_(None), Incident.attempts > 0).scalar_subquery(),
        select(func.count(Page.key.distinct())).where(Page.text.contains("[["), text.contains("[[")).scalar_subquery(),
    )


def look(tx: Tx) -> Operation:
    """How it stands now, in one query; ``given_up`` counts messages no longer tried, timers and steps failing again.

    ``unfinished_pages`` counts the public pages that lack what neither a setting nor the office has said.
    """
    can_send = tx.settings.smtp is not None or tx.settings.shows_mails
    state = _state((*tx.settings.house, *house_facts.FORMER_WORDS))
    found = tx.session.connection().execute(state, presence.around(tx.now)).one()
    is_there, failed, waiting, timers, messages, steps, unfinished = found
    return Operation(
        failed_mails=failed,
        mails_wait=bool(waiting) and not can_send,
        worker_missed=not is_there,
        given_up=timers + messages + steps,
        unfinished_pages=unfinished,
    )
