"""The Flask extensions of the web app and the surroundings (settings, clock) its views work in."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from workflows.core.clock import Clock
from workflows.core.db import Base
from workflows.core.settings import Settings

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
csrf = CSRFProtect()
login_manager = LoginManager()
babel = Babel()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What one running web app was created with."""

    settings: Settings
    clock: Clock


def surroundings() -> Surroundings:
    """The surroundings of the app that answers the current request."""
    found: Surroundings = current_app.extensions["lotse"]
    return found
