"""``lotse migrate``, ``verify-audit``, ``check-data`` and ``seal``: looking after the data."""

from argparse import ArgumentTypeError, Namespace

from webapp.cli.preparation import migrate, refuses
from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from workflows.actions import invariants, seals
from workflows.core import audit
from workflows.core.audit.chain import GENESIS
from workflows.core.audit.proof import SEALS


def register(commands: Commands) -> None:
    """Add migrate, verify-audit, check-data and seal."""
    add_command(commands, "migrate", run_migrate, "das Datenbankschema auf den neuesten Stand bringen")
    proof = add_command(commands, "verify-audit", verify, "prüfen, dass am Protokoll nichts verändert wurde")
    proof.add_argument(
        "--root",
        type=root,
        metavar="HEX",
        help="Wurzel eines außerhalb aufbewahrten Siegels: zeigt auch, wenn das Ende fehlt",
    )
    add_command(commands, "check-data", check_data, "prüfen, ob alle gespeicherten Daten zusammenpassen; ändert nichts")
    add_command(commands, "seal", seal, "das Protokoll versiegeln; die Ausgabe außerhalb aufbewahren")


def run_migrate(options: Namespace) -> int:
    """Bring the schema up to date; 1 and nothing is changed while published processes name what is gone."""
    settings = settings_of(options)
    if refuses(settings):
        return 1
    migrate(settings)
    print("Das Datenbankschema ist auf dem neuesten Stand.")
    return 0


def verify(options: Namespace) -> int:
    """Check every chain and every seal, and that a kept root is among them; 1 when something was tampered with."""
    settings = settings_of(options)
    with as_system(settings) as tx:
        findings = audit.verify(tx.session, settings.audit_key, root=options.root)
    for finding in findings:
        print(f"{finding.kind}: {finding.stream} {'Siegel' if finding.stream == SEALS else 'Eintrag'} {finding.seq}")
    print("Das Protokoll ist unverändert." if not findings else f"{len(findings)} Befunde.")
    return 1 if findings else 0


def root(text: str) -> bytes:
    """The root of a seal as it was printed: 64 hexadecimal digits; raises ``ArgumentTypeError``."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != len(GENESIS):
        raise ArgumentTypeError("erwartet werden 64 Hexadezimalziffern, wie „lotse seal“ sie ausgibt")
    return found


def check_data(options: Namespace) -> int:
    """Print every broken invariant; 1 when there is one."""
    with as_system(settings_of(options)) as tx:
        findings = invariants.check(tx)
    for finding in findings:
        print(f"{finding.code}: {finding.where} {dict(finding.facts) or ''}".rstrip())
    print(f"{len(findings)} Befunde." if findings else "Die Daten passen zusammen.")
    return 1 if findings else 0


def seal(options: Namespace) -> int:
    """Seal all chains now, print the seal with its root, and mail it where LOTSE_SEAL_MAIL says."""
    with as_system(settings_of(options)) as tx:
        sealed = seals.seal(tx)
    print(sealed)
    return 0
