"""Who asks: the signed-in user behind a cookie, as a snapshot that outlives the database session of the request."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, g, request, session
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from webapp import doors, known_browsers
from webapp.extensions import db, login_manager, surroundings
from workflows.core.errors import NotAllowed
from workflows.core.tx import PUBLIC, Actor, Tx
from workflows.domain import access_tokens, people, web_sessions
from workflows.domain.people import User

SEEN = "seen"
LEFT, LEFT_CSRF = "left", "left_csrf"
CSRF = "csrf_token"
"""Where the extension keeps the token that the forms of a session carry."""
SEEN_STEP = timedelta(minutes=1)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# The first mark that occurs counts: every browser also names those it wants to be taken for.
BROWSERS = (("Firefox/", "Firefox"), ("Edg/", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in user as Flask-Login knows it; ``secret`` is what the cookie holds and the server stores hashed."""

    actor: Actor
    name: str
    language: str
    secret: str

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def roles(self) -> frozenset[str]:
        """The roles, for the templates."""
        return self.actor.roles

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie."""
        return self.secret


def init_app(app: Flask) -> None:
    """Attach the look-up of users to the app."""
    login_manager.session_protection = None  # phones change their address; the server can end every session
    login_manager.user_loader(load)
    app.before_request(remember_seen)


def load(secret: str) -> SignedIn | None:
    """The user behind a cookie; None when the session has ended, by whatever rule."""
    database = db.session()
    now = surroundings().clock.now()
    found = web_sessions.find_user(database, secret, now, seen_at=_seen())
    return SignedIn(found.actor, found.actor.label, found.language, secret) if found is not None else None


def ask_nobody() -> None:
    """Take the rest of this request as nobody's without asking the database, which cannot answer; signs nobody out."""
    g._login_user = login_manager.anonymous_user()  # where Flask-Login keeps whom it has looked up


def _seen() -> datetime | None:
    seconds = session.get(SEEN)
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def remember_seen() -> None:
    """Note in the signed cookie that the browser was here: a GET must not write to the database.

    Polling does not count, an abandoned inbox must end as well.
    """
    if request.path.startswith("/api/") or request.headers.get("X-Poll") or not session.get("_user_id"):
        return
    now = surroundings().clock.now()
    seen = _seen()
    if current_user.is_authenticated and (seen is None or now - seen > SEEN_STEP):
        session[SEEN] = int(now.timestamp())


def sign_in(tx: Tx, user: User) -> None:
    """Begin a new session for this browser; of the old one survive the language and the links it has opened.

    Who signs in again goes on with the pages that stood open: their forms still count.
    """
    kept = {name: session[name] for name in ("language", doors.KEPT) if name in session}
    if timed_out_user() == user.id:
        kept[CSRF] = session.get(CSRF)
    elif session.get(LEFT) == user.id:
        kept[CSRF] = session.get(LEFT_CSRF)
    session.clear()
    session.update(kept)
    session[SEEN] = int(tx.now.timestamp())
    actor = people.actor(tx.session, user, tx.now)
    secret = web_sessions.begin(tx, user.id, device())
    login_user(SignedIn(actor, user.name, user.language, secret))
    known_browsers.remember(user.email)


def device() -> str:
    """What the browser calls itself, in two words, so that people know their own in the list: "Firefox, Windows"."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system)))


def sign_out(tx: Tx) -> None:
    """End this browser's session on the server and forget its cookie, but for whose forms stand open in it."""
    left = {LEFT: page_actor().user_id, LEFT_CSRF: session.get(CSRF)}
    if current_user.is_authenticated:
        web_sessions.end(tx, current_user.secret)
    logout_user()
    session.clear()
    if all(left.values()):
        session.update(left)


def timed_out_user() -> int | None:
    """Whose session it was that this browser still has the cookie of."""
    return web_sessions.whose(db.session(), str(session.get("_user_id", "")))


def left_user() -> int | None:
    """Who signed out of this browser last, when the form of this request was drawn for them."""
    try:
        validate_csrf(request.form.get(CSRF), token_key=LEFT_CSRF)
    except ValidationError:
        return None
    return int(session[LEFT])


def page_actor() -> Actor:
    """Who asks for a page."""
    actor: Actor = current_user.actor if current_user.is_authenticated else PUBLIC
    return actor


def token_actor() -> Actor | None:
    """Who asks the API, by ``Authorization: Bearer …``; cookies count for nothing there.

    Raises ``NotAllowed`` when a token made for reading is to change something.
    """
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        return None
    found = access_tokens.find(db.session(), text.strip(), surroundings().clock.now())
    if found is None:
        return None
    actor, scope = found
    if scope == "read" and request.method not in READING:
        raise NotAllowed("token_reads_only")
    return actor
