"""How a form of a draft looks to its readers: in each language, at each width, with its conditions at work."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from webapp.access import view
from webapp.forms.reading import is_redrawing, raw_values
from webapp.forms.view import FormView
from webapp.i18n import direction, locale_of, tag
from webapp.security import content_policy
from webapp.workshop.forms import FORM, chosen_language
from workflows import policy
from workflows.actions import workshop_forms as kept
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.forms import FormError

workshop_previews = Blueprint("workshop_previews", __name__, url_prefix="/workshop/drafts/<int:draft_id>/forms")

#: Only our own editor may show this page within its own, at the width of a phone or a desk.
FRAMED = content_policy(frame_ancestors="'self'")


@view(workshop_previews, f"{FORM}/preview", who=policy.BUNDLE_EDIT)
def preview(tx: Tx, draft_id: int, form_id: str) -> ResponseReturnValue:
    """The untouched form."""
    return _drawn(tx, draft_id, form_id, None)


@view(workshop_previews, f"{FORM}/preview", who=policy.BUNDLE_EDIT, methods=("POST",))
def try_out(tx: Tx, draft_id: int, form_id: str) -> ResponseReturnValue:
    """The form as filled in: conditions at work, and what sending it would say. Keeps nothing."""
    return _drawn(tx, draft_id, form_id, request.form)


def _drawn(tx: Tx, draft_id: int, form_id: str, sent: Any) -> Response:
    held = kept.read(tx, draft_id, form_id)
    language, everything = chosen_language(), "all" in request.args
    with force_locale(locale_of(language)):
        try:
            form = held.parsed(everything=everything)
            values = None if sent is None else raw_values(form, sent)
            fields = kept.drawn(tx, held, form, values, language)
        except (FormError, NotFound) as error:
            return _framed(render_template("workshop_forms/preview_broken.html", error=error))
        is_sent = values is not None and not is_redrawing(request.form) and "X-Fragment" not in request.headers
        found = kept.tried(tx, form, values).problems if is_sent and values is not None else {}
        address = url_for("workshop_previews.try_out", **{**(request.view_args or {}), **request.args.to_dict()})
        shown = FormView(fields, found, refresh_url=address)
        name = "forms/fields.html" if "X-Fragment" in request.headers else "workshop_forms/preview.html"
        page = render_template(
            name, form=shown, url=address, lang=tag(language), dir=direction(language), is_good=is_sent and not found
        )
    return _framed(page)


def _framed(page: str) -> Response:
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = FRAMED
    return answer
