"""``lotse migrate``, ``verify-audit`` and ``seal``: looking after the data."""

from argparse import Namespace

from webapp.cli.preparation import migrate
from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from workflows.core import audit


def register(commands: Commands) -> None:
    """Add migrate, verify-audit and seal."""
    add_command(commands, "migrate", run_migrate, "das Datenbankschema auf den neuesten Stand bringen")
    add_command(commands, "verify-audit", verify, "prüfen, dass am Protokoll nichts verändert wurde")
    add_command(commands, "seal", seal, "das Protokoll versiegeln; die Ausgabe außerhalb aufbewahren")


def run_migrate(options: Namespace) -> int:
    """Bring the schema up to date."""
    migrate(settings_of(options))
    print("Das Datenbankschema ist auf dem neuesten Stand.")
    return 0


def verify(options: Namespace) -> int:
    """Check every chain and every seal; 1 when something was tampered with."""
    settings = settings_of(options)
    with as_system(settings) as tx:
        findings = audit.verify(tx.session, settings.audit_key)
    for finding in findings:
        print(f"{finding.kind}: {finding.stream} Eintrag {finding.seq}")
    print("Das Protokoll ist unverändert." if not findings else f"{len(findings)} Befunde.")
    return 1 if findings else 0


def seal(options: Namespace) -> int:
    """Seal all chains now and print the root."""
    with as_system(settings_of(options)) as tx:
        sealed = audit.seal(tx)
    print(sealed)
    return 0
