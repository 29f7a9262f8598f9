"""Impressum, Datenschutzhinweise and Erklärung zur Barrierefreiheit: read by all, written by the office."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from webapp.access import PUBLIC, Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import NAMES, direction, language, tag
from webapp.identity import page_actor
from webapp.pages.markup import as_html
from workflows import policy
from workflows.core import house_facts
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.domain import pages as texts
from workflows.domain.pages import Page

pages = Blueprint("pages", __name__)


@view(pages, "/pages/<key>", who=PUBLIC)
def show(tx: Tx, key: str) -> ResponseReturnValue:
    """One page in the reader's language, in German where there is no other."""
    page = texts.read(tx.session, key, language())
    drawn = {"key": key, "title": page.title, "html": public_text(tx, page), "updated_at": page.updated_at}
    drawn |= {"language": page.language, "dir": direction(page.language)}
    return render_template("pages/show.html", page=drawn, can_edit=policy.may(page_actor(), policy.PAGE_EDIT))


@view(pages, "/pages/<key>/edit", who=policy.PAGE_EDIT)
def edit(tx: Tx, key: str) -> ResponseReturnValue:
    """The page's text in one language to be changed, or to be written for the first time."""
    german, own = texts.read(tx.session, key, "de"), texts.own(tx.session, key, _edited())
    return _form(tx, german, own.title if own else "", own.text if own else "", is_new=own is None)


@view(pages, "/pages/<key>/edit", who=policy.PAGE_EDIT, methods=("POST",))
def save(tx: Tx, key: str) -> ResponseReturnValue:
    """Write the page in one language."""
    of, title, text = _edited(), request.form.get("title", ""), request.form.get("text", "")
    try:
        texts.edit(tx, key, of, title, text)
    except Invalid as error:
        german = texts.read(tx.session, key, "de")
        is_new = texts.own(tx.session, key, of) is None
        raise Refusal(_form(tx, german, title, text, error.problems, is_new=is_new), 422) from error
    flash(_("Die Seite ist gespeichert: %(language)s.", language=NAMES[of]), "success")
    return redirect(url_for("pages.edit", key=key, of=of))


def public_text(tx: Tx, page: Page) -> Markup:
    """The page as everybody reads it: with the facts of the installation, and no brackets where one is missing."""
    return as_html(house_facts.filled(page.text, tx.settings.house, _("(wird noch ergänzt)")))


def _edited() -> str:
    """The language that is edited: its own part of the address, for the pages of the house speak two only."""
    of = request.args.get("of", "")
    return of if of in NAMES else "de"


def _missing(tx: Tx) -> list[dict[str, str]]:
    """What the public pages lack, with the settings that would say it."""
    return [
        {"key": key, "label": label, "settings": ", ".join(house_facts.SETTINGS.get(label, ()))}
        for key, labels in texts.unfinished(tx.session, tx.settings.house).items()
        for label in labels
    ]


def _form(tx: Tx, german: Page, title: str, text: str, problems: Problems | None = None, *, is_new: bool) -> str:
    of = _edited()
    return render_template(
        "pages/edit.html",
        page={"key": german.key, "tag": tag(of), "is_new": is_new},
        original={"title": german.title, "html": as_html(german.text)} if of != "de" else None,
        title=title,
        text=text,
        problems=problems or {},
        languages_of_page=[{"code": code, "name": name, "current": code == of} for code, name in NAMES.items()],
        of=of,
        missing=_missing(tx),
    )
