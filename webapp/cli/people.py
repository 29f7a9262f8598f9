"""``lotse user`` and ``lotse token``: accounts and personal tokens of the API."""

import getpass
import sys
from argparse import Namespace
from datetime import timedelta

from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.domain import access_tokens, people


def register(commands: Commands) -> None:
    """Add user and token."""
    user = commands.add_parser("user", help="Konten verwalten", description="Konten verwalten")
    actions = user.add_subparsers(required=True, metavar="AKTION")
    add = add_command(actions, "add", add_user, "ein Konto anlegen; fragt nach dem Passwort")
    add.add_argument("email", help="E-Mail-Adresse, zugleich der Anmeldename")
    add.add_argument("--name", required=True, help="Name, wie er im Protokoll steht")
    add.add_argument("--role", action="append", choices=people.ROLES, required=True, help="Rolle (mehrfach möglich)")
    add.add_argument("--group", action="append", default=[], help="weitere Gruppe, z. B. office:17")
    add.add_argument("--language", default="de", choices=("de", "en"), help="Sprache der Oberfläche")
    token = add_command(commands, "token", make_token, "einen persönlichen Zugang zur API ausstellen")
    token.add_argument("user", help="E-Mail-Adresse des Kontos")
    token.add_argument("--name", default="Kommandozeile", help="wofür der Zugang ist")
    token.add_argument("--days", type=int, default=90, help="Gültigkeit in Tagen (höchstens 365, Standard 90)")


def add_user(options: Namespace) -> int:
    """Create the account with the groups that belong to its roles."""
    password = read_password()
    groups = {people.GROUP_OF_ROLE[role] for role in options.role if role in people.GROUP_OF_ROLE} | set(options.group)
    with as_system(settings_of(options)) as tx:
        people.create(
            tx,
            options.email,
            options.name,
            roles=options.role,
            groups=groups,
            password=password,
            language=options.language,
        )
    print(f"Konto {options.email} angelegt.")
    return 0


def read_password() -> str:
    """From the terminal, twice; from a pipe, one line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Passwort (mindestens 12 Zeichen): ")
    if getpass.getpass("Noch einmal: ") != password:
        raise Invalid({"password": (Problem("not_the_same"),)})
    return password


def make_token(options: Namespace) -> int:
    """Print a new token, the only time it can be read."""
    with as_system(settings_of(options)) as tx:
        user = people.find_by_email(tx.session, options.user)
        if user is None:
            raise NotFound("not_found", kind="user", email=options.user)
        _row, text = access_tokens.create(tx, user.id, options.name, timedelta(days=options.days))
    print(text)
    return 0
