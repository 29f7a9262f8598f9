"""The web app: every room under one roof."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import doors, errors, i18n, identity, layout, security
from webapp.extensions import Surroundings, babel, csrf, db, login_manager
from webapp.rooms import BLUEPRINTS
from workflows.core.clock import Clock, SystemClock
from workflows.core.db import prepare_engine
from workflows.core.settings import Settings

LARGEST_BODY = 16 * 1024 * 1024  # a bundle or an upload; the API's own limit for JSON is 1 MB


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The web app for one installation; ``clock`` is given by tests that move time."""
    app = Flask("webapp")
    app.extensions["lotse"] = Surroundings(settings, clock or SystemClock())
    app.config.from_mapping(_config(settings))
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    security.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    identity.init_app(app)
    babel.init_app(app, locale_selector=i18n.select_locale, timezone_selector=i18n.select_timezone)
    layout.init_app(app)
    errors.init_app(app)
    doors.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _config(settings: Settings) -> dict[str, object]:
    is_https = settings.public_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.old_secret_keys),
        "WTF_CSRF_SECRET_KEY": [*settings.old_secret_keys, settings.secret_key],  # the last one signs
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # an error must not log what people typed
        "SESSION_COOKIE_NAME": "__Host-lotse" if is_https else "lotse",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "TRUSTED_HOSTS": sorted({urlsplit(settings.public_url).hostname or "localhost", "127.0.0.1", "localhost"}),
        # Origin is compared by our own check (security.py), for every scheme; see there why not by referrer.
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a volunteer may take hours over a form
        "BABEL_DEFAULT_LOCALE": "de",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Berlin",
    }
