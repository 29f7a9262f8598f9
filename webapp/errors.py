"""Every error becomes an answer a person or a program can use: pages in words, RFC 9457 for the API."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InternalError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from webapp import doors, sent_again, wording
from webapp.access import SignInNeeded, to_login
from webapp.identity import ask_nobody, left_user, page_actor
from workflows.core.errors import Conflict, Invalid, LotseError, NotAllowed, NotFound, Throttled
from workflows.core.tx import PUBLIC as ANYBODY

log = logging.getLogger(__name__)

STATUS: dict[type[LotseError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Throttled: 429,
    Invalid: 422,
    SignInNeeded: 401,
    LotseError: 400,
}


def init_app(app: Flask) -> None:
    """Attach the handlers."""
    app.register_error_handler(LotseError, on_lotse_error)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(OperationalError, on_database)
    app.register_error_handler(InternalError, on_internal)
    app.register_error_handler(Exception, on_bug)


def is_api() -> bool:
    """Whether a program asked."""
    return request.path.startswith("/api/")


def status_of(error: LotseError) -> int:
    """The HTTP status for the nearest known kind of ``error``."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def on_lotse_error(error: LotseError) -> ResponseReturnValue:
    """An expected error: its own words, its own status."""
    if isinstance(error, SignInNeeded) and not is_api():
        return to_login()
    status = status_of(error)
    headers = {"Retry-After": str(error.facts.get("retry_after", 60))} if status == 429 else {}
    if is_api():
        detail = wording.error_text(error.code, error.facts)
        return problem(status, error.code, detail, _members(error)), status, headers
    if status == 404 and doors.is_forgotten():
        return sent_again.refused("forgotten") or _page(status, kind="forgotten"), status
    if error.code == "link_gone":
        return sent_again.refused("gone") or render_template("office/gone.html"), status
    text = wording.error_text(error.code, error.facts)
    if status == 429 and (waiting := request.form.get(sent_again.FIELD)):
        return sent_again.sign_in_page(waiting, problem=text), status, headers
    return _page(status, text=text, retry_after=error.facts.get("retry_after")), status, headers


def _members(error: LotseError) -> dict[str, Any]:
    if isinstance(error, Invalid):
        return {
            "errors": [
                {"field": path, "code": item.code, "detail": wording.problem_text(item)}
                for path, items in error.problems.items()
                for item in items
            ]
        }
    return {name: _plain(value) for name, value in error.facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return value if isinstance(value, bool | int | str | None) else getattr(value, "isoformat", value.__str__)()


def problem(status: int, code: str, detail: str | None = None, members: Mapping[str, Any] | None = None) -> Response:
    """A problem document (RFC 9457); ``type`` is the code as a URN, further members tell the facts."""
    members = members or {}
    document = {
        "type": f"urn:lotse:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or wording.status_text(status),
    }
    document |= {name: value for name, value in members.items() if name not in document}
    response = make_response(jsonify(document), status)
    response.content_type = "application/problem+json"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def on_csrf(error: CSRFError) -> ResponseReturnValue:
    """The form is from another session, or from another site.

    Whose session it was may send it after signing in again; a public form that says it is ours is offered again.
    """
    if page_actor() is ANYBODY and left_user() is not None:
        return to_login()
    again = sent_again.refused("session") if request.origin and page_actor() is ANYBODY else ""
    return again or _page(400, kind="csrf"), 400


def on_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses."""
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):
        return "", 400, {"Content-Type": "text/plain"}  # a foreign host: there are no addresses to draw a page with
    status = error.code or 500
    # Some refusals say more in their headers: the methods allowed here, when to try again.
    headers = [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]
    if is_api():
        return problem(status, error.name.lower().replace(" ", "_")), status, headers
    return _page(status), status, headers


def on_database(error: OperationalError | InternalError) -> ResponseReturnValue:
    """The database is away or overloaded: say so, it heals by itself."""
    log.error("database unavailable: %s", error.orig)
    headers = {"Retry-After": "30"}
    if is_api():
        return problem(503, "unavailable"), 503, headers
    ask_nobody()
    return _page(503), 503, headers


READ_ONLY = "25006"
"""What PostgreSQL calls a write to a server that only reads, as one does that another takes over from."""


def on_internal(error: InternalError) -> ResponseReturnValue:
    """A database that only reads for a while is one that is away; anything else is our mistake."""
    is_read_only = getattr(error.orig, "sqlstate", None) == READ_ONLY
    return on_database(error) if is_read_only else on_bug(error)


def on_bug(error: Exception) -> ResponseReturnValue:
    """Our own mistake: logged with its trace, shown without."""
    log.error("%s %s failed", request.method, request.path.split("/")[1], exc_info=error)
    if is_api():
        return problem(500, "internal_server_error")
    return _page(500), 500


def _page(status: int, *, kind: str | None = None, text: str | None = None, retry_after: object = None) -> str:
    return render_template("errors/error.html", code=status, kind=kind, text=text, retry_after=retry_after)
