"""Every form outside the workshop filled with what no person would type: no bug, and nothing a database refuses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import Integer, String

from tests.webapp.conftest import ADDRESS
from tests.webapp.test_all_routes import lines
from tests.webapp.world import World, furnished
from workflows.migrations import tables

TOO_LONG = "ä" * 12_001
NASTY = (TOO_LONG, "99999999999999999999999 ²٣ NaN'; DROP TABLE x; --")
LEFT_ALONE = ("csrf_token", "_ticket", "_action", "unique_key")
"""What is wrong with these has tests of its own; without them a form would not even be read."""


@dataclass
class Form:
    """A drawn form that changes something."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> tuple[str, ...]:
        """What makes two forms the same one about different things."""
        return (re.sub(r"\d+|[\w-]{20,}", "…", self.action.partition("?")[0]), *sorted(self.fields))


class Forms(HTMLParser):
    """Reads the forms off a page."""

    def __init__(self, place: str, page: str) -> None:
        super().__init__()
        self.place, self.found, self.current = place, list[Form](), Form("")
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = Form(known.get("action") or self.place)
            if known.get("method") == "post":
                self.found.append(self.current)
        elif tag in {"input", "textarea", "select", "button"} and known.get("type") != "file" and "name" in known:
            self.current.fields.setdefault(known["name"], known.get("value", ""))


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    world = furnished(sqlite_template, tmp_path)
    yield world
    world.close()


def forms(world: World) -> Iterator[tuple[str, Form]]:
    """Each kind of form once, with somebody who may send it."""
    seen = set()
    for line, who in lines("GET"):
        if line.startswith("GET /workshop"):
            continue
        answer = world.ask(who, line)
        page = answer.text if answer.mimetype == "text/html" else ""
        answer.close()
        for form in Forms(line.partition(" ")[2].format(**world.examples), page).found:
            if form.kind not in seen and form.action != "/logout":
                seen.add(form.kind)
                yield who, form


def refused_by_postgresql(world: World) -> list[str]:
    """What SQLite has taken and a strict database would not: too long, too large."""
    found = []
    for table in tables.metadata().sorted_tables:
        for column in table.columns:
            length = column.type.length if isinstance(column.type, String) else None
            if length:
                rule = f'length("{column.name}") > {length}'
            elif isinstance(column.type, Integer):
                rule = f'abs("{column.name}") > 9223372036854775807 OR typeof("{column.name}") = \'real\''
            else:
                continue
            if world.count(table.name, rule):
                found.append(f"{table.name}.{column.name}")
    return found


@pytest.mark.timeout(300)
def test_no_form_takes_what_no_person_would_type(world: World) -> None:
    wrong, count = [], 0
    for who, form in list(forms(world)):
        count += 1
        for nasty in NASTY:
            typed = {name: value if name in LEFT_ALONE else nasty for name, value in form.fields.items()}
            before, visitor = world.version(), world.visitors[who]
            answer = world.app.test_client(use_cookies=False).post(
                form.action,
                base_url=ADDRESS,
                headers={"Cookie": visitor.cookie},
                data={**typed, "csrf_token": visitor.csrf},
            )
            if answer.status_code >= 500 or "Traceback" in answer.get_data(as_text=True):
                wrong.append(f"{form.action} as {who}: {answer.status_code} for {nasty[:20]!r}")
            answer.close()
            if world.version() != before:
                wrong += [
                    f"{form.action} as {who}: {place} for {nasty[:20]!r}" for place in refused_by_postgresql(world)
                ]
                world.restore()
    assert count > 60
    assert wrong == []
