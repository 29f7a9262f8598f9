"""Impressum, Datenschutzhinweise and Erklärung zur Barrierefreiheit: read by all, written by the office."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import PUBLIC, Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import NAMES, direction, language
from webapp.identity import page_actor
from webapp.pages.markup import as_html
from workflows import policy
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.domain import pages as texts

pages = Blueprint("pages", __name__)


@view(pages, "/pages/<key>", who=PUBLIC)
def show(tx: Tx, key: str) -> ResponseReturnValue:
    """One page in the reader's language, in German where there is no other."""
    page = texts.read(tx.session, key, language())
    drawn = {"key": key, "title": page.title, "html": as_html(page.text), "updated_at": page.updated_at}
    drawn |= {"language": page.language, "dir": direction(page.language)}
    return render_template("pages/show.html", page=drawn, can_edit=policy.may(page_actor(), policy.PAGE_EDIT))


@view(pages, "/pages/<key>/edit", who=policy.PAGE_EDIT)
def edit(tx: Tx, key: str) -> ResponseReturnValue:
    """The page's text to be changed."""
    page = texts.read(tx.session, key, language())
    return _form(tx, key, page.title, page.text)


@view(pages, "/pages/<key>/edit", who=policy.PAGE_EDIT, methods=("POST",))
def save(tx: Tx, key: str) -> ResponseReturnValue:
    """Write the page."""
    title, text = request.form.get("title", ""), request.form.get("text", "")
    try:
        texts.edit(tx, key, language(), title, text)
    except Invalid as error:
        raise Refusal(_form(tx, key, title, text, error.problems), 422) from error
    flash(_("Die Seite ist gespeichert."), "success")
    return redirect(url_for("pages.show", key=key))


def _form(tx: Tx, key: str, title: str, text: str, problems: Problems | None = None) -> str:
    page = texts.read(tx.session, key, language())
    return render_template(
        "pages/edit.html",
        page={"key": key, "updated_at": page.updated_at, "updated_by": page.updated_by},
        title=title,
        text=text,
        problems=problems or {},
        languages_of_page=[{"code": code, "name": name} for code, name in NAMES.items()],
    )
