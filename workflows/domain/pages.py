"""The pages the law asks for, editable by the office: Impressum, data protection, accessibility."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit, house_facts
from workflows.core.db import Base
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.house_facts import Facts
from workflows.core.tx import Tx

KEYS = ("imprint", "privacy", "accessibility")
LONGEST = {"title": 200, "text": 100_000}


class Page(Base):
    """One page in one language; in ``text`` a blank line parts paragraphs, ``## `` starts a heading, ``- `` an item.

    ``[[Name der Stadt]]`` stands for a fact of the installation (``core.house_facts``).
    """

    __tablename__ = "page"
    __table_args__ = (CheckConstraint(f"key IN {KEYS}", name="key"),)

    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(String(200))


def read(session: Session, key: str, language: str) -> Page:
    """The page in ``language``, else in German; raises ``NotFound`` for an unknown key."""
    page = own(session, key, language) or own(session, key, "de")
    if page is None:
        raise NotFound("not_found", kind="page")
    return page


def own(session: Session, key: str, language: str) -> Page | None:
    """The page if it was written in that very language."""
    return session.get(Page, (key, language))


def unfinished(session: Session, facts: Facts) -> dict[str, list[str]]:
    """The pages that nobody may read like this, with what is missing in any of their languages."""
    found: dict[str, list[str]] = {}
    query = select(Page.key, Page.text).where(Page.text.contains("[[")).order_by(Page.key, Page.language)
    for key, text in session.execute(query):
        if gaps := house_facts.gaps(text, facts):
            found[key] = list(dict.fromkeys((*found.get(key, ()), *gaps)))
    return found


def edit(tx: Tx, key: str, language: str, title: str, text: str) -> Page:
    """Write a page anew, or for the first time in a language; raises ``NotFound`` and ``Invalid``."""
    if key not in KEYS:
        raise NotFound("not_found", kind="page")
    sent = {"title": title.strip(), "text": text.strip()}
    problems = {name: (Problem("required"),) for name, value in sent.items() if not value}
    too_long = {name: most for name, most in LONGEST.items() if len(sent[name]) > most}
    problems |= {name: (Problem("too_long", {"max": most}),) for name, most in too_long.items()}
    if problems:
        raise Invalid(problems)
    page = tx.session.get(Page, (key, language), with_for_update=True) or Page(key=key, language=language)
    page.title, page.text = sent["title"], sent["text"]
    page.updated_at, page.updated_by = tx.now, tx.actor.label
    tx.session.add(page)
    tx.session.flush()
    audit.record(tx, "system", "page.edited", f"page:{key}", {"language": language})
    return page
