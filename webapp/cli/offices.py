"""``lotse office``: the partner offices and their mail addresses, without which nobody can be referred there."""

from argparse import Namespace

from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from workflows.actions import offices

FIELDS = {"email": "E-Mail-Adresse für Verweisungen", "phone": "Telefon", "name": "Name"}


def register(commands: Commands) -> None:
    """Add office list and office set."""
    office = commands.add_parser("office", help="Anlaufstellen verwalten", description="Anlaufstellen verwalten")
    actions = office.add_subparsers(required=True, metavar="AKTION")
    add_command(actions, "list", show, "alle Anlaufstellen mit Schlüssel und Adresse zeigen")
    change = add_command(actions, "set", edit, "Angaben einer Anlaufstelle ändern")
    change.add_argument("key", help="Schlüssel der Stelle, z. B. culture_office")
    for name, text in FIELDS.items():
        change.add_argument(f"--{name}", help=text)


def show(options: Namespace) -> int:
    """One line per office."""
    with as_system(settings_of(options)) as tx:
        for office in offices.listed(tx):
            print(f"{office.key:28} {office.email or '(keine Adresse)':40} {office.name}")
    return 0


def edit(options: Namespace) -> int:
    """Change what is given."""
    values = {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}
    with as_system(settings_of(options)) as tx:
        offices.edit(tx, offices.find(tx, options.key).id, values)
    print(f"{options.key} geändert.")
    return 0
