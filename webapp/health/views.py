"""Whether the house is well, for monitoring: nothing about cases, mails or people."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from webapp.access import PUBLIC, Refusal, view
from workflows.core import presence
from workflows.core.tx import Tx

health = Blueprint("health", __name__)


@view(health, "/healthz", who=PUBLIC)
def healthz(tx: Tx) -> ResponseReturnValue:
    """``ok``; ``degraded`` when no worker has shown itself for five minutes; 503 when the database is gone."""
    try:
        missed = presence.is_missed(tx.session, tx.now)
    except OperationalError as gone:
        raise Refusal(jsonify(status="down", database="gone", worker="unknown"), 503) from gone
    return jsonify(status="degraded" if missed else "ok", database="ok", worker="missed" if missed else "ok")
