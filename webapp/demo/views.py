"""The mails of a demonstration, with their links, on the machine it runs on; not there at all otherwise."""

from ipaddress import ip_address

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from webapp.access import PUBLIC, view
from workflows.actions import mails as outgoing
from workflows.core import links
from workflows.core.errors import NotFound
from workflows.core.mail_format import MARKER
from workflows.core.outbox import Mail
from workflows.core.tx import Tx

demo = Blueprint("demo", __name__)


@view(demo, "/demo/mails", who=PUBLIC)
def mails(tx: Tx) -> ResponseReturnValue:
    """All mails, newest first."""
    _only_here()
    rows = [
        {
            "id": mail.id,
            "to": mail.to_address,
            "subject": mail.subject,
            "at": mail.created_at,
            "url": url_for("demo.mail", mail_id=mail.id),
        }
        for mail in outgoing.newest(tx)
    ]
    return render_template("demo/mails.html", mails=rows)


@view(demo, "/demo/mails/<int:mail_id>", who=PUBLIC)
def mail(tx: Tx, mail_id: int) -> ResponseReturnValue:
    """One mail as its recipient reads it."""
    _only_here()
    found = outgoing.read(tx, mail_id)
    shown = {"to": found.to_address, "subject": found.subject, "at": found.created_at, "text_html": _html(tx, found)}
    return render_template("demo/mail.html", mail=shown)


def _only_here() -> None:
    """Raise ``NotFound`` for other machines: whoever reads these mails holds everybody's links.

    What a proxy we do not know passes on came from elsewhere (``LOTSE_PROXIES`` says whom to believe).
    """
    address = request.remote_addr or ""
    if "X-Forwarded-For" in request.headers or not address or not ip_address(address).is_loopback:
        raise NotFound("not_found", kind="page")


def _html(tx: Tx, found: Mail) -> Markup:
    text = escape(found.text)
    if found.link is not None:
        address = links.url(found.link, tx.settings)
        text = text.replace(escape(MARKER), Markup('<a href="{0}">{0}</a>').format(address))
    return text.replace("\n", Markup("<br>\n"))
