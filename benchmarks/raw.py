"""The raw limit: a bare route in the same server, one UPDATE, two INSERT and one commit by the driver itself."""

import sqlite3
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from random import randrange
from typing import Any

import psycopg
from flask import Flask, jsonify, request

from webapp.cli.serving import Server

ROWS = 1000
TABLES = (
    "CREATE TABLE IF NOT EXISTS raw_row (id integer PRIMARY KEY, n integer NOT NULL, body text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS raw_log (row_id integer NOT NULL, body text NOT NULL)",
)
CHANGE = "UPDATE raw_row SET n = n + 1, body = ? WHERE id = ?"
NOTE = "INSERT INTO raw_log (row_id, body) VALUES (?, ?)"
NUMBERS = "WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 999)"
FILL = NUMBERS.replace("WITH", "INSERT INTO raw_row WITH", 1) + " SELECT n, 0, '' FROM i"  # noqa: S608 constants
PAGE = "SELECT id, name, due_at, group_key, subject FROM task WHERE status = 'open' ORDER BY due_at, id LIMIT 25"

Execute = Callable[..., Any]


class RawServer(Server):
    """The product's own server settings around the bare app, which has no settings of ours."""

    def refused_with(self) -> Mapping[str, str]:
        """Nothing is refused here."""
        return {}

    def load(self) -> object:
        """The bare app."""
        return bare_app(self.options.database)


def bare_app(url: str) -> Flask:
    """Two routes: the least that completing a task and listing tasks could cost."""
    app = Flask(__name__)
    kept = threading.local()
    change, note = (text.replace("?", "?" if url.startswith("sqlite") else "%s") for text in (CHANGE, NOTE))

    def connection() -> Any:
        if not hasattr(kept, "connection"):
            kept.connection = connect(url)
        return kept.connection

    @app.post("/raw")
    def write() -> Any:
        body = str(request.get_json())
        database = connection()
        begin(database)
        key = randrange(ROWS)  # noqa: S311 chance spreads the rows, it protects nothing
        database.execute(change, (body, key))
        for _ in range(2):
            database.execute(note, (key, body))
        database.commit()
        return jsonify(id=key)

    @app.get("/raw")
    def page() -> Any:
        database = connection()
        rows = database.execute(PAGE).fetchall()
        database.rollback()
        return jsonify(items=[[str(value) for value in row] for row in rows])

    return app


def connect(url: str) -> Any:
    """A connection of the driver, for SQLite with the pragmas of the product."""
    if not url.startswith("sqlite"):
        return psycopg.connect(url)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def begin(connection: Any) -> None:
    """SQLite needs the write lock at once; psycopg begins by itself."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("BEGIN IMMEDIATE")


def prepare(url: str) -> None:
    """The tables of the bare route."""
    connection = connect(url)
    begin(connection)
    for table in TABLES:
        connection.execute(table)
    connection.execute(FILL)
    connection.commit()
    connection.close()


def main() -> None:
    """Serve until told to stop."""
    parser = ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(namespace=Namespace(host="127.0.0.1", processes=2))
    RawServer(options, None).run()  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
