"""``lotse incidents`` and ``lotse retry``: what is stuck, and trying it again."""

from argparse import Namespace

from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from workflows.actions import incidents
from workflows.core.clock import BERLIN


def register(commands: Commands) -> None:
    """Add incidents and retry."""
    add_command(commands, "incidents", run_incidents, "Schritte zeigen, die gescheitert sind und auf Hilfe warten")
    trying = add_command(commands, "retry", run_retry, "einen gescheiterten Schritt jetzt noch einmal versuchen")
    trying.add_argument("incident", type=int, help="Nummer der Störung")


def run_incidents(options: Namespace) -> int:
    """One line per incident; 1 when there is one."""
    with as_system(settings_of(options)) as tx:
        found = incidents.unresolved(tx)
        for each in found:
            again = f"wieder {each.next_at.astimezone(BERLIN):%d.%m. %H:%M}" if each.next_at else "nur noch von Hand"
            print(f"{each.id}: Vorgang {each.instance_id}, {each.element_id}: {each.code} {each.facts} ({again})")
    print(f"{len(found)} Störungen." if found else "Es hängt nichts.")
    return 1 if found else 0


def run_retry(options: Namespace) -> int:
    """Try one step again; 1 when it failed again."""
    with as_system(settings_of(options)) as tx:
        instance = incidents.retry(tx, options.incident)
        left = [each for each in incidents.unresolved(tx) if each.instance_id == instance.id]
    print("Noch immer gestört." if left else "Es geht weiter.")
    return 1 if left else 0
