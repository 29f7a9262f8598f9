"""Every template with sample data, no database: what the look, overflow and accessibility tests walk through."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, abort, render_template, request
from flask_babel import Babel
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup

from tests.e2e.sample_forms import ENQUIRY, OFFICE_ANSWER, TRIAGE, sample_form
from webapp import i18n, layout, wording
from webapp.sent_again import Sent
from workflows.actions.task_list import Filter

WEBAPP = Path(__file__).parent.parent.parent / "webapp"
NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)

PERSON = SimpleNamespace(name="Koordination Demo", roles={"coordinator"}, actor=SimpleNamespace(user_id=1))
CASE = {
    "id": 17,
    "reference": "2026-0142",
    "status": "in_progress",
    "organisation_name": "Kulturverein Regenbogen e. V.",
    "contact_name": "Vorstand",
    "opened_at": NOW,
    "kind": "Anliegen",
    "choice": "Räume",
    "url": "/cases/17",
    "text": "Wir suchen einen Raum für unseren Chor.\nEtwa 25 Personen, einmal in der Woche am Abend.",
    "answer": "",
}
REFERRAL = {
    "id": 5,
    "reference": "2026-0142",
    "reason": "Der Verein sucht einen Proberaum. Sie vergeben Räume im Stadtteil.",
    "legal_basis": "Einwilligung",
    "legal_basis_note": "",
    "deadline_on": date(2026, 11, 27),
    "status": "sent",
    "office_name": "Freiwilligenzentrum",
    "sent_at": NOW,
    "answered_at": None,
    "outcome": None,
    "shared": ["Anliegen", "Themen", "Name des Vereins", "Telefon"],
    "fields": ["Anliegen", "Themen", "Name des Vereins", "Telefon"],
}
NOTICE = {"html": Markup("<p>Diese Hinweise sagen Ihnen, was geschieht.</p>"), "language": "de", "dir": "ltr"}
APPLICATION = {
    "title": "Chor der Nachbarn",
    "programme": "WIR, Förderung von Migrantenorganisationen",
    "status": "preparing",
    "deadline_on": date(2026, 12, 31),
    "proof_due_on": None,
    "requested": Decimal("2500.00"),
    "awarded": None,
    "note": "",
    "next_steps": [
        {"name": "Kosten planen", "group_key": "group:coordination", "due_at": NOW, "task_id": 7},
        {"name": "Bestätigungsschreiben verfassen", "group_key": "group:coordination", "due_at": NOW, "task_id": None},
    ],
}
FACTS = [
    {"label": "Verein", "value": CASE["organisation_name"]},
    {"label": "Themen", "value": "Räume, Kultur, Vernetzung Migrantenorganisationen"},
    {"label": "Sprache", "value": "Arabisch"},
    {"label": "E-Mail", "value": "vorstand.des.kulturvereins.regenbogen@beispielverein-regenbogen.example"},
]


SENT = Sent(None, "/register/new", [("name", "Brücke der Kulturen e.V.")], has_files=True)


def _task(name: str, reference: str, **more: Any) -> dict[str, Any]:
    base = {
        "id": 3,
        "name": name,
        "reference": reference,
        "subject_name": CASE["organisation_name"],
        "process_name": "Anfrage",
        "group_name": "Koordination",
        "assignee_name": None,
        "due_at": NOW,
        "overdue": False,
        "soon": False,
        "due_words": "",
        "due_tone": "",
        "priority": 50,
        "priority_word": "",
        "follow_up_on": None,
        "follow_up_words": "",
        "is_back": False,
        "status": "open",
        "can_work": True,
        "draft_at": None,
        "url": "/tasks/3",
        "claim_url": "/tasks/3/claim",
        "is_mine": False,
        "can_claim": True,
        "can_release": False,
    }
    return base | more


TASKS = [
    _task(
        "Anfrage einschätzen",
        "2026-0142",
        overdue=True,
        due_words="seit 3 Tagen überfällig",
        due_tone="danger",
        priority=80,
        priority_word="hohe Priorität",
    ),
    _task("Auf Rückfrage antworten", "2026-0139", soon=True, due_words="morgen fällig", due_tone="warning"),
    _task(
        "Ergebnis mit dem Verein besprechen",
        "2026-0120",
        assignee_name="Koordination Demo",
        can_claim=False,
        follow_up_on=date(2026, 11, 20),
        follow_up_words="Wiedervorlage: jetzt wieder da",
        is_back=True,
    ),
    _task("Antwort schreiben", "2026-0098", due_at=None),
]
for _number, _line in enumerate(TASKS, start=3):
    _line["id"] = _number
TIMELINE = [
    {"at": NOW, "text": "Anfrage eingegangen", "detail": "", "actor": "Kulturverein Regenbogen e. V.", "tone": "info"},
    {
        "at": NOW,
        "text": "Aufgabe erledigt: Anfrage einschätzen",
        "detail": "Dringend",
        "actor": "Koordination Demo",
        "tone": "success",
    },
    {"at": NOW, "text": "Frist erreicht: Halbe Frist", "detail": "", "actor": "", "tone": "warning"},
]
MAIL = {
    "id": 1,
    "to": "vorstand@beispiel.example",
    "subject": "Ihre Anfrage 2026-0142 ist angekommen",
    "text": "Guten Tag,\n\nIhre Anfrage ist angekommen.\n\n[Link]",
    "text_html": "Guten Tag,\n\nIhre Anfrage ist angekommen.",
    "status": "sent",
    "sent_at": NOW,
    "at": NOW,
    "attempts": 1,
    "last_error": "",
    "url": "/demo/mails/1",
}
STEPS = [
    {"code": "received", "state": "done", "at": NOW},
    {"code": "in_progress", "state": "done", "at": NOW},
    {"code": "with_office", "state": "current", "at": NOW},
    {"code": "answered", "state": "todo", "at": None},
    {"code": "closed", "state": "todo", "at": None},
]
ENTRY = {
    "stream": "case:17",
    "seq": 4,
    "at": NOW,
    "event": "referral.sent",
    "actor": "Koordination Demo",
    "object": "referral:5",
    "place": "Vorgang 2026-0017",
    "about": "Verweisung Freiwilligenzentrum",
    "details": [{"label": "Stelle", "value": "Freiwilligenzentrum"}],
}
PAGE = {"key": "imprint", "title": "Impressum", "html": "Landeshauptstadt", "updated_at": NOW}
CHOICES = [{"key": "phone", "name": "Telefon"}, {"key": "de", "name": "Deutsch"}]
LIST = {"next_url": "?page=2", "previous_url": None}
NAMES = [{"key": "1", "name": "Koordination Demo"}]
INBOX: Mapping[str, Any] = {
    "wanted": Filter(scope="group"),
    "tabs": [
        {"label": "Meine Aufgaben", "count": "2", "url": "/", "current": False},
        {"label": "Aufgaben meiner Gruppen", "count": "99+", "url": "/", "current": True},
    ],
    "kept": [{"id": 1, "name": "Förderung, überfällig", "count": "7", "url": "/", "current": False}],
    "choices": dict.fromkeys(
        ("colleague", "process", "group", "assignee", "due", "priority", "follow_up", "sort"), NAMES
    ),
    "chosen": frozenset({3}),
    "etag": "0",
    "rows_url": "/",
    "several_url": "/",
    "keep_url": "/",
    "plain_url": "/",
    "here": "/",
    "is_narrowed": True,
    "more_filters": True,
    "may_work": True,
}
BESIDE: Mapping[str, Any] = {
    "card": {
        "name": CASE["organisation_name"],
        "contact_name": "Vorstand",
        "contact_email": FACTS[3]["value"],
        "contact_phone": "0611 1234",
        "on_behalf": True,
        "known_since": NOW,
        "other_cases": 3,
    },
    "steps": [{"at": NOW, "text": "Aufgabe erledigt: Anfrage einschätzen", "tone": "success", "actor": "public"}],
    "ways": [
        {
            "when": "ja",
            "past": ["Antwort festhalten"],
            "stops": [{"name": "Antwort schreiben", "kind": "person", "who": "Koordination"}],
            "is_timeout": False,
        },
        {
            "when": "Halbe Frist vorbei",
            "past": ["Erinnern"],
            "stops": [{"name": "Antwort festhalten", "kind": "stays", "who": ""}],
            "is_timeout": True,
        },
        {"when": "", "past": [], "stops": [{"name": "Ende", "kind": "end", "who": ""}], "is_timeout": True},
    ],
    "colleagues": NAMES,
    "priorities": [{"key": "normal", "name": "normal"}],
    "priority_key": "normal",
    "back_url": "/",
}
DEMO_USERS = [
    {"name": "Koordination Demo", "email": "koordination@demo.example", "password": "x", "role": "coordinator"}
]

#: Name of a sample → template, whether somebody is signed in, variables.
SAMPLES: Mapping[str, tuple[str, bool, Callable[[], Mapping[str, Any]]]] = {
    "landing": ("public/landing.html", False, dict),
    "enquiry": ("public/enquiry.html", False, lambda: {"form": sample_form(ENQUIRY), "notice": NOTICE}),
    "enquiry-problems": (
        "public/enquiry.html",
        False,
        lambda: {
            "form": sample_form(ENQUIRY, wrong=("organisation_name", "topics", "consent", "contact_email")),
            "notice": NOTICE,
        },
    ),
    "receipt": (
        "public/receipt.html",
        False,
        lambda: {"reference": "2026-0142", "email": MAIL["to"], "status_url": "/s/x"},
    ),
    "status": (
        "public/status.html",
        False,
        lambda: {
            "token": "x",
            "case": CASE,
            "steps": STEPS,
            "shared": [REFERRAL],
            "asked": FACTS,
            "notes": [{"author": "Vorstand", "text": "Es dürfen auch zwei Räume sein.", "at": NOW}],
            "files": [{"name": "Satzung.pdf", "url": "/s/x/files/y", "size": "12 kB", "at": NOW, "by": "public"}],
            "can_withdraw": True,
            "can_withdraw_consent": True,
            "ends_at": None,
            "asks": [{"kind": "referral", "referral_id": 5, "office_name": "Freiwilligenzentrum"}],
            "noted": {"problems": {}},
            "applications": [APPLICATION],
        },
    ),
    "own-task": (
        "public/own_task.html",
        False,
        lambda: {
            "token": "x",
            "reference": "2026-0001",
            "task": {"id": 7, "due_at": NOW, "draft_at": NOW},
            "name": "Kosten planen",
            "form": sample_form(OFFICE_ANSWER),
        },
    ),
    "own-task-done": (
        "public/own_task_done.html",
        False,
        lambda: {
            "token": "x",
            "name": "Kosten planen",
            "done_by": "Koordination",
            "done_at": NOW,
            "typed": [{"label": "Posten", "value": "Miete"}],
        },
    ),
    "public-message": (
        "public/message.html",
        False,
        lambda: {"token": "x", "case": CASE, "form": sample_form(OFFICE_ANSWER)},
    ),
    "consent": ("public/consent.html", False, lambda: {"token": "x", "case": CASE}),
    "withdraw": ("public/withdraw.html", False, lambda: {"token": "x", "case": CASE}),
    "office-neutral": ("office/neutral.html", False, lambda: {"token": "x"}),
    "office-referral": (
        "office/referral.html",
        False,
        lambda: {
            "token": "x",
            "referral": REFERRAL,
            "extract": FACTS,
            "form": sample_form(OFFICE_ANSWER),
            "thread": [{"author": "Freiwilligenzentrum", "text": "Ab wann?", "at": NOW}],
            "answer_url": "/r/x",
        },
    ),
    "office-thanks": ("office/thanks.html", False, lambda: {"referral": REFERRAL}),
    "office-answered": (
        "office/answered.html",
        False,
        lambda: {"referral": REFERRAL | {"status": "accepted"}, "who": "Freiwilligenzentrum", "at": NOW},
    ),
    "office-gone": ("office/gone.html", False, dict),
    "login": (
        "auth/login.html",
        False,
        lambda: {
            "email": "",
            "problem": "E-Mail-Adresse oder Passwort stimmen nicht.",
            "demo_users": DEMO_USERS,
            "demo": True,
        },
    ),
    "sign-in-link": ("auth/link.html", False, lambda: {"token": "x"}),
    "inbox": ("inbox/tasks.html", True, lambda: {"tasks": TASKS, **INBOX, **LIST}),
    "inbox-empty": (
        "inbox/tasks.html",
        True,
        lambda: {"tasks": [], "smtp_missing": True, **INBOX, "next_url": None, "previous_url": None},
    ),
    "task": (
        "inbox/task.html",
        True,
        lambda: {
            "task": TASKS[0],
            "form": sample_form(TRIAGE),
            "case": CASE,
            "facts": FACTS,
            "draft_at": NOW,
            **BESIDE,
        },
    ),
    "task-conflict": (
        "inbox/conflict.html",
        True,
        lambda: {
            "task": TASKS[0],
            "by": "Koordination Demo",
            "at": NOW,
            "rows": [{"label": "Zusammenfassung", "mine": "Raum am Abend\nmit Klavier", "theirs": "Raum am Abend"}],
            "sent": [("summary", "Raum am Abend")],
        },
    ),
    "task-done": (
        "inbox/done.html",
        True,
        lambda: {
            "task": TASKS[0],
            "done_by": "Vertretung Demo",
            "done_at": NOW,
            "typed": FACTS,
            "case_url": "/cases/17",
        },
    ),
    "cases": (
        "cases/list.html",
        True,
        lambda: {
            "cases": [CASE, CASE | {"status": "closed"}, CASE | {"status": "waiting"}],
            "count": "3",
            "wanted": SimpleNamespace(words="", status="", office_id=None, is_mine=False),
            "is_narrowed": True,
            **dict.fromkeys(("statuses", "topics", "urgencies", "offices", "orders"), CHOICES),
            **LIST,
        },
    ),
    "case-new": (
        "cases/new.html",
        True,
        lambda: {
            "form": sample_form(ENQUIRY),
            "channel": "phone",
            "channels": CHOICES,
            "contact_language": "de",
            "contact_languages": CHOICES,
        },
    ),
    "case": (
        "cases/detail.html",
        True,
        lambda: {
            "case": CASE,
            "facts": FACTS,
            "tasks": TASKS[:1],
            "story": {"entries": TIMELINE, "choices": [{"name": "Alles", "count": 3, "url": "?", "is_chosen": True}]},
            "people": FACTS[:1],
            "links": {"duplicate_of": None, "duplicates": []},
            "note": {},
            "problems": {},
            "rejected": [],
            "told": [{"label": "Widerruf eintragen", "url": "/cases/17/withdrawal"}],
            "referrals": [REFERRAL],
            "diagrams": [
                {
                    "id": 1,
                    "name": "Anfrage",
                    "xml_url": "/sample.bpmn",
                    "marks_url": "/marks.json",
                    "current": ["Anfrage einschätzen"],
                    "steps": [{"name": "Anfrage einschätzen", "state": "current", "at": None}],
                    "sections": [{"title": "Anfrage", "facts": FACTS}],
                }
            ],
            "can_work": True,
        },
    ),
    "audit": (
        "audit/entries.html",
        True,
        lambda: {
            "entries": [ENTRY] * 3,
            "stream": "",
            "q": "",
            "result": {"ok": False, "findings": [{"kind": "edited", "stream": "case:17", "seq": 3}]},
            **LIST,
        },
    ),
    "page": ("pages/show.html", True, lambda: {"page": PAGE, "can_edit": True}),
    "page-edit": (
        "pages/edit.html",
        True,
        lambda: {
            "page": {"key": "imprint", "tag": "ar", "is_new": True},
            "original": {"title": "Impressum", "html": Markup("<p>Text</p>")},
            "title": "",
            "text": "",
            "languages_of_page": [
                {"code": "de", "name": "Deutsch"},
                {"code": "ar", "name": "العربية", "current": True},
            ],
            "of": "ar",
        },
    ),
    "mails": ("demo/mails.html", False, lambda: {"mails": [MAIL] * 2, "demo": True}),
    "mail": ("demo/mail.html", False, lambda: {"mail": MAIL, "demo": True}),
    "error": ("errors/error.html", False, lambda: {"code": 404, "kind": None, "text": None, "retry_after": None}),
    "error-csrf": (
        "errors/error.html",
        False,
        lambda: {"code": 400, "kind": "csrf", "text": None, "retry_after": None},
    ),
    "sent-again": ("errors/again.html", False, lambda: {"sent": SENT, "reason": "session"}),
    "login-waiting": ("auth/login.html", False, lambda: {"email": "", "problem": None, "demo_users": (), "sent": "x"}),
}

RARELY_SEEN = frozenset(
    {
        *("enquiry-problems", "own-task-done", "office-thanks", "office-answered", "office-gone", "sign-in-link"),
        *("inbox-empty", "task-conflict", "task-done", "audit", "error", "error-csrf", "sent-again", "login-waiting"),
    }
)
"""Samples of states that the running demonstration does not show."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def make_gallery() -> Flask:
    """A small app that shows each sample under ``/<name>?lang=ar``, under the policy of the real pages."""
    app = Flask("gallery", template_folder=str(WEBAPP / "templates"), static_folder=str(WEBAPP / "static"))
    app.config.update(SECRET_KEY="gallery", BABEL_TRANSLATION_DIRECTORIES=str(WEBAPP / "translations"))  # noqa: S106
    Babel(app, locale_selector=_language, timezone_selector=i18n.select_timezone)
    CSRFProtect(app)
    app.jinja_env.filters.update(day=i18n.day, moment=i18n.moment, iso=layout.iso, euros=i18n.euros, tag=i18n.tag)
    app.jinja_env.globals.update(wording.GLOBALS, asset=layout.asset, fresh_key=lambda: "once")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_build_error_handlers.append(_any_address)
    app.add_url_rule("/<name>", view_func=sample, endpoint="sample")
    app.add_url_rule("/sample.bpmn", view_func=diagram, endpoint="diagram")
    app.add_url_rule(
        "/marks.json", view_func=lambda: {"current": ["triage"], "visited": ["start", "to_triage"]}, endpoint="marks"
    )
    app.add_url_rule("/refresh", view_func=refresh, endpoint="refresh", methods=["POST"])
    app.after_request(_with_policy)
    return app


def sample(name: str) -> str:
    """One template with its data."""
    if name not in SAMPLES:
        abort(404)
    template, signed_in, variables = SAMPLES[name]
    language = _language()
    names = (("de", "Deutsch"), ("en", "English"), *(() if signed_in else (("ar", "العربية"),)))
    surroundings = {
        "lang": language,
        "dir": "rtl" if language == "ar" else "ltr",
        "languages": [{"code": code, "name": word, "url": f"?lang={code}"} for code, word in names],
        "user": PERSON if signed_in else None,
        "nav": _navigation() if signed_in else [],
        "smtp_missing": False,
        "demo": False,
        "_": _,
    }
    return render_template(template, **{**surroundings, **variables()})


def refresh() -> str:
    """The enquiry's fields drawn anew; empty text is a problem once it is asked for."""
    empty = [name for name in ("text", "organisation_name") if not request.form.get(name)]
    form = sample_form(ENQUIRY, wrong=empty if "_check" in request.form else ())
    return render_template("forms/fields.html", form=form)


def diagram() -> str:
    """A small drawing with one user task."""
    return (Path(__file__).parent / "sample.bpmn").read_text("utf-8")


def _navigation() -> list[dict[str, Any]]:
    labels = (_("Posteingang"), _("Vorgänge"), _("Protokoll"))
    return [{"label": label, "url": "/", "current": index == 0} for index, label in enumerate(labels)]


def _language() -> str:
    return request.args.get("lang", "de")


def _any_address(_error: Exception, endpoint: str, _values: dict[str, Any]) -> str:
    return f"/{endpoint}"


def _with_policy(response: Any) -> Any:
    response.headers["Content-Security-Policy"] = CSP
    return response
