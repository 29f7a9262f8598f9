"""How a mail looks on its way: headers, a plain text and an HTML part saying the same."""

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Protocol

from workflows.core import links, texts
from workflows.core.links import Link
from workflows.core.settings import Settings

MARKER = "[[link]]"
"""Stands in the stored text where the address of the link belongs; the address itself is never stored."""

SHOWN = "[Link]"
"""What people inside see in place of the address."""


class Letter(Protocol):
    """What of a stored mail goes on its way."""

    message_id: str
    to_address: str
    subject: str
    text: str
    language: str
    created_at: datetime
    link: Link | None


def shown(text: str) -> str:
    """The text as people inside may read it, without any address that opens something."""
    return text.replace(MARKER, SHOWN)


def resolved(letter: Letter, settings: Settings) -> str:
    """The text as its recipient reads it."""
    return letter.text.replace(MARKER, links.url(letter.link, settings)) if letter.link else letter.text


def message(letter: Letter, settings: Settings) -> EmailMessage:
    """The mail with all headers; every try makes the same one, down to Date and Message-ID."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.mail_from
    mail["To"] = letter.to_address
    if settings.reply_to:
        mail["Reply-To"] = settings.reply_to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.created_at)
    mail["Message-ID"] = letter.message_id
    mail["Content-Language"] = letter.language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(resolved(letter, settings))
    mail.add_alternative(_html(letter, settings), subtype="html")
    # The library would draw the line between the parts anew each time, and a second copy would not be the same mail.
    mail.set_boundary(hashlib.sha256(letter.message_id.encode()).hexdigest()[:40])
    return mail


def _html(letter: Letter, settings: Settings) -> str:
    body = escape(letter.text)
    if letter.link:
        address = escape(links.url(letter.link, settings))
        body = body.replace(MARKER, f'<a href="{address}">{address}</a>')
    paragraphs = "".join(f"<p>{part.strip()}</p>\n" for part in body.split("\n\n") if part.strip())
    direction = "rtl" if letter.language in texts.RIGHT_TO_LEFT else "ltr"
    return (
        f'<!doctype html>\n<html lang="{escape(letter.language)}" dir="{direction}">\n'
        f'<head><meta charset="utf-8"><title>{escape(letter.subject)}</title></head>\n'
        f'<body style="font-family:sans-serif;line-height:1.5">\n{paragraphs.replace(chr(10) + "</p>", "</p>")}'
        "</body>\n</html>\n"
    )
