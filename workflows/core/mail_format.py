"""How a mail looks on its way: headers, a plain text and an HTML part saying the same."""

import hashlib
import re
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

# Mail programs drop style sheets; without colours of our own, dark mode works.
_STYLE = "max-width:40rem;margin:0 auto;padding:1rem;font-family:sans-serif;font-size:1rem;line-height:1.5"

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
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(resolved(letter, settings))
    mail.add_alternative(_html(letter, settings), subtype="html")
    mail["Content-Language"] = letter.language  # only now: before, it would go with the plain part alone
    # The library would draw the line between the parts anew each time, and a second copy would not be the same mail.
    mail.set_boundary(hashlib.sha256(letter.message_id.encode()).hexdigest()[:40])
    return mail


def _html(letter: Letter, settings: Settings) -> str:
    """The same words as the plain text and nothing else: no pictures, no remote content, nothing to switch on.

    Large enough to read on a phone, lines of a readable length; only our own addresses become links, and they stay
    left to right in every language.
    """
    ours = re.compile(re.escape(escape(settings.public_url)) + r"/[\w/?=&;%-]*")
    body = ours.sub(
        lambda found: f'<a href="{found[0]}" dir="ltr" style="overflow-wrap:anywhere">{found[0]}</a>',
        escape(resolved(letter, settings)),
    )
    paragraphs = "".join(
        f"<p>{'<br>'.join(line.strip() for line in part.strip().splitlines())}</p>\n"
        for part in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n"))
        if part.strip()
    )
    direction = "rtl" if letter.language in texts.RIGHT_TO_LEFT else "ltr"
    return (
        f'<!doctype html>\n<html lang="{escape(letter.language)}" dir="{direction}">\n'
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(letter.subject)}</title></head>\n"
        f'<body dir="{direction}" style="{_STYLE}">\n{paragraphs}</body>\n</html>\n'
    )
