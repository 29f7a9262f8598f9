"""Guards around every request: fully read bodies, same origin, security headers (OWASP ASVS 5.0, chapters 3 and 4)."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import IntegerConverter

from webapp.extensions import surroundings
from webapp.forms.reading import whole_number
from workflows.core.settings import Settings

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the icons of KERN stand in its style sheet
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",  # the workshop's preview; every other page refuses to be framed
    "frame-ancestors": "'none'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
"""What a page may load and where it may send: nothing but the kinds named here."""


def content_policy(**other: str) -> str:
    """The policy of a page, ``other`` sources for the kinds named (``style_src="…"``)."""
    kinds = SOURCES | {kind.replace("_", "-"): source for kind, source in other.items()}
    return "; ".join(f"{kind} {source}" for kind, source in kinds.items())


def styled_policy(nonce: str) -> str:
    """The policy of a page with a drawing tool: style attributes, and style sheets that carry the ``nonce``."""
    return content_policy(style_src=f"'self' 'nonce-{nonce}'", style_src_attr="'unsafe-inline'")


CSP = content_policy()
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Pages without anything personal; every other answer must not be kept by anyone.
CACHEABLE = frozenset({"static", "public.landing", "public.page", "api.openapi", "public.healthz"})


def init_app(app: Flask) -> None:
    """Attach the guards."""
    app.url_map.converters["int"] = RowId
    app.before_request(read_body)
    app.before_request(refuse_zero_characters)
    app.before_request(require_same_origin)
    app.after_request(add_headers)


def signer(purpose: str) -> URLSafeTimedSerializer:
    """What signs a value that a browser keeps for us, for one ``purpose``; the old keys still count."""
    settings = surroundings().settings
    keys = [*settings.old_secret_keys, settings.secret_key]  # the last one signs
    return URLSafeTimedSerializer(keys, salt=purpose)


LARGEST_ID = 2**31 - 1


class RowId(IntegerConverter):
    """Numbers in addresses are row ids; one that no column holds is the number of no row.

    It is no mismatch of the address: Werkzeug would then say 405 where another method has the same address.
    """

    regex = r"\d{1,10}"

    def to_python(self, value: str) -> int:
        """The number, 0 for one that is too large."""
        number = int(value)
        return number if number <= LARGEST_ID else 0


def row_id(text: str) -> int | None:
    """A row id that was sent as text; None for anything that can be none."""
    return whole_number(text, 0, LARGEST_ID)


def refuse_zero_characters() -> None:
    """The zero character is no text: PostgreSQL stores none."""
    sent = (*request.args.values(), *request.form.values(), request.path)
    if any("\0" in text for text in sent) or b"\\u0000" in request.get_data():
        abort(400)


def read_body() -> None:
    """Read what was sent before anything can answer: an unread body stalls later requests on the same connection."""
    if request.method in UNSAFE and request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        _ = request.form
    elif request.method in UNSAFE:
        request.get_data(cache=True)


def require_same_origin() -> None:
    """Refuse changes that another site's page asks for; 400 when ``Origin`` is not ours.

    Comes on top of the CSRF token. Browsers send ``Origin: null`` from pages with the referrer policy
    ``no-referrer``, therefore ours is ``same-origin``, which keeps link tokens from other sites just as well.
    """
    origin = request.headers.get("Origin")
    if request.method not in UNSAFE or origin is None:
        return
    public = urlsplit(surroundings().settings.public_url)
    if origin not in {f"{public.scheme}://{public.netloc}", f"{request.scheme}://{request.host}"}:
        abort(400, "origin")


def standing(settings: Settings) -> dict[str, str]:
    """The headers that are the same on every answer."""
    is_https = settings.public_url.startswith("https://")
    return ALWAYS | ({"Strict-Transport-Security": "max-age=31536000"} if is_https else {})


def add_headers(response: Response) -> Response:
    """The security headers, on every answer including errors."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.update(standing(surroundings().settings))
    if request.endpoint not in CACHEABLE or response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    return response
