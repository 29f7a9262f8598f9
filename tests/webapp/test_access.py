"""Every route says who may be there, lets in exactly those, hides from all others, and no GET writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.webapp.conftest import ADDRESS
from tests.webapp.matrix import COLUMNS, HOW_TO, MATRIX
from tests.webapp.world import World, furnished
from webapp.access import PUBLIC


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody and everything the matrix names, on SQLite: nothing here depends on the database."""
    world = furnished(sqlite_template, tmp_path_factory.mktemp("world"))
    yield world
    world.close()


@pytest.fixture
def undone(world: World) -> Iterator[World]:
    """The world, as it was again afterwards."""
    yield world
    world.restore()


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Method and rule of everything that answers."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def rule_of(world: World, line: str) -> Rule:
    """The rule a line of the matrix reaches."""
    method, _, path = line.partition(" ")
    adapter = world.app.url_map.bind("lotse.example", url_scheme="https")
    return adapter.match(path.format(**world.examples), method=method, return_rule=True)[0]


def test_every_route_declares_who_may_be_there(app: Flask) -> None:
    for _method, rule in rules(app):
        if rule.endpoint != "static":
            assert getattr(app.view_functions[rule.endpoint], "who", None), rule


def test_every_route_is_in_the_matrix(world: World) -> None:
    lines = {(line.partition(" ")[0], rule_of(world, line).rule) for line in MATRIX}
    examples = ", ".join(f"{{{name}}}" for name in sorted(world.examples))
    missing = [
        HOW_TO.format(route=f"{method} {rule.rule}", method=method, rule=rule.rule, examples=examples)
        for method, rule in rules(world.app)
        if (method, rule.rule) not in lines
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.timeout(600)  # every role at every route
def test_everybody_reads_what_is_theirs_and_no_read_writes(world: World) -> None:
    wrong: list[str] = []
    before = world.version()
    for line, who in _lines(world, "GET"):
        answer = world.ask(who, line)
        wrong += _judged(world, line, who, answer)
        answer.close()
        if who in MATRIX[line] and (head := world.ask(who, line, method="HEAD")).status_code != answer.status_code:
            wrong.append(f"HEAD {line} as {who}: {head.status_code}, GET {answer.status_code}")
        if world.version() != before:
            before = world.version()
            wrong.append(f"{line} as {who} has changed the database")
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(600)
def test_everybody_changes_what_is_theirs_and_nothing_else(undone: World) -> None:
    wrong: list[str] = []
    world = undone
    before = world.version()
    for line, who in [*_lines(world, "POST"), *_lines(world, "PUT")]:
        answer = world.ask(who, line)
        wrong += _judged(world, line, who, answer)
        if who in MATRIX[line]:
            world.restore()
            before = world.version()
        elif world.version() != before:
            before = world.version()
            wrong.append(f"{line} as {who} has changed the database though it is refused")
    assert not wrong, "\n".join(wrong)


def test_a_cookie_opens_nothing_of_the_api(world: World) -> None:
    for line in MATRIX:
        method, _, path = line.partition(" ")
        if path.startswith("/api/") and not path.endswith("openapi.json"):
            headers = {"Cookie": world.visitors["coordinator"].cookie}
            client = world.app.test_client(use_cookies=False)
            answer = client.open(path.format(**world.examples), method=method, base_url=ADDRESS, headers=headers)
            assert answer.status_code == 401, line


def _lines(world: World, method: str) -> Iterator[tuple[str, str]]:
    for line in MATRIX:
        if line.startswith(f"{method} "):
            for who in COLUMNS:
                yield line, who


def _judged(world: World, line: str, who: str, answer: TestResponse) -> list[str]:
    """What is wrong with an answer, in a sentence."""
    is_in = _let_in(world, line, answer)
    if is_in == (who in MATRIX[line]) and answer.status_code < 500:
        return []
    should = "must be let in" if who in MATRIX[line] else "must get 404"
    return [f"{line} as {who}: {answer.status_code} {answer.location or ''}, {should} (tests/webapp/matrix.py)"]


def _let_in(world: World, line: str, answer: TestResponse) -> bool:
    if answer.status_code in {401, 403, 404}:
        return False
    is_public = getattr(world.app.view_functions[rule_of(world, line).endpoint], "who", PUBLIC) == PUBLIC
    is_sent_to_sign_in = answer.status_code == 302 and (answer.location or "").partition("?")[0] == "/login"
    return is_public or not is_sent_to_sign_in
