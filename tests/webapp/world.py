"""A house in full work on SQLite, with somebody of every column of the matrix, and an example of every kind of row."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Column, String, Table, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from tests.actions import applying
from tests.actions.conftest import House
from tests.conftest import BEGINNING, Begin, settings_for
from tests.webapp.conftest import ADDRESS, PASSWORD, Browser, open_house
from tests.webapp.matrix import BODIES, COLUMNS
from tests.webapp.shared_app import quick_app
from webapp.extensions import db
from workflows.actions import attachments, migrations, publishing, register_import, workshop
from workflows.actions.attachments import Upload
from workflows.core import files, outbox
from workflows.core.clock import SetClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.settings import Settings
from workflows.core.tx import PUBLIC, SYSTEM, Actor, Tx, transaction
from workflows.domain import (
    access_tokens,
    contacts,
    deputies,
    letters,
    offices,
    organisation_people,
    organisations,
    passwords,
    people,
    saved_filters,
)
from workflows.domain.cases import Case
from workflows.domain.contacts import Held
from workflows.domain.people import Deputyship, User
from workflows.domain.personal_data import COLUMNS as COLUMNS_OF
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral
from workflows.engine.incidents import Incident
from workflows.engine.messages import Message
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.migrations import tables

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


NOTHING: Mapping[str, str] = {}


@dataclass
class Visitor:
    """One column: a cookie, the CSRF token that belongs to it, and a token of the API."""

    cookie: str
    csrf: str
    bearer: str


class World:
    """Asks as anybody, and takes back what was changed."""

    def __init__(self, app: Flask, begin: Begin, visitors: Mapping[str, Visitor], examples: Mapping[str, str]) -> None:
        self.app, self.begin, self.visitors, self.examples = app, begin, visitors, examples
        with app.app_context():
            self._path = db.engine.url.database or ""
        self._live, self._kept = sqlite3.connect(self._path, timeout=20), sqlite3.connect(":memory:")
        self._live.backup(self._kept)

    def ask(
        self,
        who: str,
        line: str,
        method: str | None = None,
        *,
        base: str = ADDRESS,
        headers: Mapping[str, str] = NOTHING,
        query: Mapping[str, str] = NOTHING,
        typed: Mapping[str, str] = NOTHING,
    ) -> TestResponse:
        """The answer to one line of the matrix; ``typed`` comes on top of what a form must hold."""
        declared, _, path = line.partition(" ")
        method, path = method or declared, path.format(**self.examples)
        visitor, client = self.visitors[who], self.app.test_client(use_cookies=False)
        if path.startswith("/api/"):
            headers = {**headers, "Authorization": f"Bearer {visitor.bearer}"} if visitor.bearer else headers
            body = {} if method != "POST" else _api_body(path)
        else:
            headers = {**headers, "Cookie": visitor.cookie}
            known = {name: value.format(**self.examples) for name, value in BODIES.get(line, {}).items()}
            body = {"data": {"csrf_token": visitor.csrf, **known, **typed}} if method == "POST" else {}
            if method == "PUT":
                headers = {**headers, "X-CSRFToken": visitor.csrf}
        return client.open(path, method=method, base_url=base, headers=headers, query_string=query, **body)

    def version(self) -> int:
        """A number that moves whenever anything at all is committed."""
        return int(self._live.execute("PRAGMA data_version").fetchone()[0])

    def restore(self) -> None:
        """As it was at the beginning."""
        self._kept.backup(self._live)

    def count(self, table: str, rule: str) -> int:
        """In how many rows of the table the rule holds."""
        return int(self._live.execute(f'SELECT count(*) FROM "{table}" WHERE {rule}').fetchone()[0])  # noqa: S608

    def plant(self, words: str) -> int:
        """Put these words wherever people, or the makers of processes, can write; gives in how many columns."""
        count = 0
        with closing(sqlite3.connect(self._path, timeout=20)) as raw, raw:
            for table in tables.metadata().sorted_tables:
                for column in table.columns:
                    if _is_written(table, column):
                        changed = raw.execute(f'UPDATE "{table.name}" SET "{column.name}" = ?', [words])  # noqa: S608
                        count += changed.rowcount > 0
        return count

    def close(self) -> None:
        self._live.close()
        self._kept.close()
        with self.app.app_context():
            db.engine.dispose()


NAMES = frozenset({"name", "title", "text", "label", "element_name"})
"""Columns that show up in pages although they tell nothing about a person."""


def _is_written(table: Table, column: Column[Any]) -> bool:
    """Whether somebody's own words stand in this column."""
    tells = COLUMNS_OF[table.name, column.name].kind != "none" or column.name in NAMES
    is_chosen = any(f"{column.name} IN" in str(getattr(rule, "sqltext", "")) for rule in table.constraints)
    is_bound = column.primary_key or column.unique or column.foreign_keys or is_chosen
    is_address = any(
        part in column.name for part in ("email", "address", "language", "recipient", "folded", "handed_on")
    )
    return isinstance(column.type, String) and tells and not is_bound and not is_address


API_BODIES: dict[str, dict[str, Any]] = {
    "notes": {"text": "Rückruf"},
    "contacts": {
        **{"kind": "phone", "held_on": "2026-03-02", "who": "Vorstand", "text": "Rückruf"},
        "office_task": "exchange_city",
    },
    "hand-over": {"user_id": 1},
    "follow-up": {"on": "2026-03-20"},
    "priority": {"priority": 80},
    "migrations": {"to": 1},
}


def _api_body(path: str) -> dict[str, Any]:
    if path.endswith("/bundles"):
        return {"data": b"no zip", "content_type": "application/zip"}
    if path.endswith("/messages"):
        return {"json": {"name": "nobody_waits", "correlation_key": "x"}}
    if (word := path.rpartition("/")[2]) in API_BODIES:
        return {"json": API_BODIES[word]}
    return {"json": {"values": {}} if path.endswith(("/draft", "/complete")) else {}}


def furnished(template: Path, folder: Path) -> World:
    """The same in a folder of its own, on a copy of the empty file: nothing of this depends on the database."""
    shutil.copyfile(template, folder / "lotse.sqlite3")
    return build(settings_for(f"sqlite:///{folder / 'lotse.sqlite3'}", folder), SetClock(BEGINNING))


def build(settings: Settings, clock: SetClock) -> World:
    """One case with an office, one still to be looked at, and all the people."""
    app = quick_app(settings, clock)
    sessions = make_sessions(make_engine(settings.database_url))

    def begin(actor: Actor = SYSTEM) -> AbstractContextManager[Tx]:
        return transaction(sessions(), actor, clock, settings)

    open_house(begin)
    visitors, examples = _fill(app, begin, sessions, settings, clock)
    return World(app, begin, visitors, examples)


def _fill(
    app: Flask, begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> tuple[dict[str, Visitor], dict[str, str]]:
    with begin() as tx:
        own, other = offices.by_keys(tx.session, ["culture_office", "sport_funding"])
        ids = {role: _user(tx, role) for role in COLUMNS if role not in {"public", "other_office"}}
        people.join(tx, ids["office"], own.group)
        user = people.create(tx, "other_office@lotse.example", "Andere", roles=["office"], groups=[other.group])
        user.password_hash = passwords.hashed(PASSWORD)
        ids["other_office"] = user.id
        coordinator = people.actor(tx.session, tx.session.get_one(User, ids["coordinator"]))
        bearers = {who: access_tokens.create(tx, ids[who], "Probe")[1] for who in COLUMNS if who != "public"}
    actors = {"system": SYSTEM, "public": PUBLIC, "coordinator": coordinator}
    house = House(begin, sessions, settings, clock, actors)
    applied = _apply(begin, house, ids["jury"])
    case, status_token = house.submit()
    house.refer("culture_office")
    _second, other_status = house.submit(key="second")
    with begin(coordinator) as tx:
        inner = attachments.attach(tx, case.id, Upload("innen.pdf", BytesIO(PDF)), False)
        shared = attachments.attach(tx, case.id, Upload("geteilt.pdf", BytesIO(PDF)), True)
        keys = {"inner_file": inner.key, "shared_file": shared.key}
        day = people.day(tx.now)
        contact = contacts.log(tx, Held("phone", day, "Vorstand", "Rückruf", "advice", day, case.id, None))
        keys |= {"contact": str(contact.id), "office_row": str(own.id)}
        letter = letters.keep(tx, case.id, key="k", address="Brücke", language="de", subject="s", text="t")
        keys["letter"] = str(letter.id)
        organisation = organisations.add(tx, "Verein Brücke")
        person = organisation_people.add(tx, organisation.id, {"name": "Vorstand", "role": "board"})
        proposal = organisation_people.propose(tx, organisation.id, person.id, {}, "Bitte ändern")
        keys["coordinators_list"] = register_import.upload(tx, b"Name der Organisation\nVerein im Garten")
        assert coordinator.user_id is not None
        kept = saved_filters.keep(tx, coordinator.user_id, "Meine", "scope=mine")
        keys |= {"coordinators_filter": str(kept.id)}
        keys |= {
            "organisation": str(organisation.id),
            "contact_person": str(person.id),
            "proposal": str(proposal.id),
            "as_of": proposal.revision,
        }
    drafts = _drafts(begin)
    with begin() as tx:
        later = people.day(tx.now) + timedelta(days=9)
        deputies.appoint(tx, ids["coordinator"], ids["leadership"], later, later)
        outbox.post(tx, to="a@b.example", subject="s", text="t", about=case.stream).status = "failed"
        given_up = Message(kind="start", variables={}, process_key="gone", created_at=tx.now, attempts=5)
        stuck = _stuck_step(tx, case.id)
        tx.session.add_all([given_up, stuck])
        tx.session.flush()
        examples = _examples(tx, case.id) | {
            "user": str(ids["reviewer"]),
            "status_token": status_token,
            "other_status_token": other_status,
            "office_token": house.office_token(),
            "unknown": "unbekannt",
            "given_up": str(given_up.id),
            "incident": str(stuck.id),
            **keys,
            **drafts,
            **applied,
            "moved_job": str(migrations.begin(tx, "message", 1).id),
        }
    visitors = {who: _visitor(app, who, bearers.get(who, "")) for who in COLUMNS}
    return visitors, examples


def _apply(begin: Begin, house: House, jury_id: int) -> dict[str, str]:
    """An application that waits for its jury, with a paper handed in for it."""
    with begin() as tx:
        house.actors["jury"] = people.actor(tx.session, tx.session.get_one(User, jury_id))
    applying.advise(house)
    applying.walk(house, "rate_application")
    with begin() as tx:
        task = tx.session.scalars(select(Task).where(Task.element_id == "rate_application")).one()
        of_case = tx.session.scalars(select(Case.id)).one()
        paper = files.store(tx, "satzung.pdf", PDF, f"case:{of_case}")
        paper.subject = task.subject
        return {
            "jury_task": str(task.id),
            "jury_instance": str(task.instance_id),
            "application": task.subject.removeprefix("application:"),
            "jury_file": paper.key,
        }


def _drafts(begin: Begin) -> dict[str, str]:
    """A draft with a change, and one that waits for a second person; trying it wants a transaction of its own."""
    with begin() as tx:
        keys = ("referral", "message", "enquiry", "funding")
        changed, waiting, enquiry, funding = (workshop.begin(tx, key).id for key in keys)
        workshop.save(tx, changed, {"texts/referral_offer.de.txt": b"Betreff: Neu\n\nText"})
    with begin() as tx:
        asked = publishing.submit(tx, waiting, "Bitte", None).id
    return {
        "draft": str(changed),
        "proposed": str(asked),
        "waiting_draft": str(waiting),
        "enquiry_draft": str(enquiry),
        "funding_draft": str(funding),
    }


def _user(tx: Tx, role: str) -> int:
    user = people.find_by_email(tx.session, f"{role}@lotse.example")
    assert user is not None
    return user.id


def _stuck_step(tx: Tx, case_id: int) -> Incident:
    """A step of a case that the worker has tried again in vain."""
    instance_id = tx.session.scalars(select(Instance.id).where(Instance.subject == f"case:{case_id}")).first()
    where = {"instance_id": instance_id, "token": "0" * 32, "element_id": "triage"}
    return Incident(**where, code="unknown_group", facts={"group": "group:gone"}, created_at=tx.now, attempts=1)


def _examples(tx: Tx, case_id: int) -> dict[str, str]:
    def one(query: Any) -> str:
        return str(tx.session.scalars(query).first())

    referral = one(select(Referral.id).where(Referral.case_id == case_id))
    is_failed = select(outbox.Mail.id).where(outbox.Mail.status == "failed")
    triage = select(Task.id).where(Task.element_id == "triage", Task.status == "open")
    asked = select(Task.id).where(Task.subject == f"referral:{referral}", Task.status == "open")
    return {
        "case": str(case_id),
        "referral": referral,
        "programme": one(select(Programme.id)),
        "mail": one(is_failed),
        "triage_task": one(triage),
        "office_task": one(asked),
        "instance": one(select(Instance.id).where(Instance.subject == f"case:{case_id}")),
        "referral_instance": one(select(Instance.id).where(Instance.subject == f"referral:{referral}")),
        "coordinators_absence": one(select(Deputyship.id)),
        "coordinators_token": one(select(access_tokens.ApiToken.id).order_by(access_tokens.ApiToken.id)),
    }


def _visitor(app: Flask, who: str, bearer: str) -> Visitor:
    browser = Browser(app.test_client())
    if who != "public":
        assert browser.sign_in(f"{who}@lotse.example").status_code == 302
    csrf = browser.token()
    cookie = "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser.client._cookies.values())
    return Visitor(cookie, csrf, bearer)
