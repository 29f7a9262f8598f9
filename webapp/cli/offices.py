"""``lotse office``: the list of partner offices and their mail addresses."""

from argparse import Namespace

from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from workflows.actions import offices


def register(commands: Commands) -> None:
    """Add office list and office set."""
    office = commands.add_parser("office", help="Anlaufstellen verwalten", description="Anlaufstellen verwalten")
    actions = office.add_subparsers(required=True, metavar="AKTION")
    add_command(actions, "list", list_offices, "alle Anlaufstellen mit Schlüssel und Mailadresse zeigen")
    change = add_command(actions, "set", set_office, "Angaben einer Anlaufstelle ändern")
    change.add_argument("key", help="Schlüssel der Anlaufstelle, z. B. culture_office")
    change.add_argument("--email", help="Mailadresse, an die Verweisungen gehen")
    change.add_argument("--phone", help="Telefonnummer")
    change.add_argument("--name", help="Name, wie er überall erscheint")


def list_offices(options: Namespace) -> int:
    """Print one line per office."""
    with as_system(settings_of(options)) as tx:
        for office in offices.listed(tx):
            print(f"{office.key:26} {office.email or '(keine Mailadresse)':40} {office.name}")
    return 0


def set_office(options: Namespace) -> int:
    """Change what was given and leave the rest."""
    given = {name: getattr(options, name) for name in ("email", "phone", "name")}
    with as_system(settings_of(options)) as tx:
        office = offices.find(tx, options.key)
        offices.edit(tx, office.id, {name: value for name, value in given.items() if value is not None})
    print(f"Anlaufstelle {options.key} geändert.")
    return 0
