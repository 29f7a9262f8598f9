"""``lotse incidents`` and ``lotse retry``: what is stuck, and trying it again."""

from argparse import Namespace
from collections.abc import Iterator

from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from webapp.wording import mail_failure
from webapp.wording.given_up import advice_text, what_text
from webapp.wording.incidents import incident_text
from workflows.actions import given_up, incidents, mails
from workflows.core.clock import BERLIN
from workflows.core.tx import Tx


def register(commands: Commands) -> None:
    """Add incidents and retry."""
    add_command(commands, "incidents", run_incidents, "Schritte zeigen, die gescheitert sind und auf Hilfe warten")
    trying = add_command(commands, "retry", run_retry, "einen gescheiterten Schritt jetzt noch einmal versuchen")
    trying.add_argument("incident", type=int, help="Nummer der Störung")


def run_incidents(options: Namespace) -> int:
    """One line for each incident, each thing the worker gave up, each mail it cannot get out; 1 if there is one."""
    with as_system(settings_of(options)) as tx:
        found = [*_stuck(tx), *_given_up(tx), *_unsent(tx)]
    for text in found:
        print(text)
    print(f"{len(found)} Störungen." if found else "Es hängt nichts.")
    return 1 if found else 0


def _stuck(tx: Tx) -> Iterator[str]:
    for each in incidents.unresolved(tx):
        row = each.incident
        where = " ".join(filter(None, (each.process, each.reference)))
        why = incident_text({**row.facts, "code": row.code})
        again = f"wieder {row.next_at.astimezone(BERLIN):%d.%m. %H:%M}" if row.next_at else "nur noch von Hand"
        yield f"Störung {row.id} ({where}), Schritt „{each.step}“: {why} ({again}). [{row.element_id}: {row.code}]"


def _given_up(tx: Tx) -> Iterator[str]:
    for each in given_up.listed(tx):
        if each.what == given_up.STEP:
            continue  # all that are stuck stand above
        where = f"Nachricht {each.message_id}" if each.message_id else "Frist"
        about = f" ({each.reference})" if each.reference else ""
        error = f" [{each.error}]" if each.error else ""
        yield f"{where}{about}: {what_text(each)} {advice_text(each)}{error}"


def _unsent(tx: Tx) -> Iterator[str]:
    for each in mails.listed(tx, "failed"):
        mail = each.mail
        why = mail_failure(mail.last_error or "")
        yield f"E-Mail {mail.id} an {mail.to_address}, „{mail.subject}“: {why} Noch einmal senden: Seite „E-Mails“."


def run_retry(options: Namespace) -> int:
    """Try one step again; 1 when it failed again."""
    with as_system(settings_of(options)) as tx:
        goes_on = incidents.retry_and_look(tx, options.incident)
    print("Es geht weiter." if goes_on else "Noch immer gestört.")
    return 0 if goes_on else 1
