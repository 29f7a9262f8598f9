"""Why a command failed, as a sentence for whoever runs the house."""

from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError

from webapp.wording import error_text, problem_text
from workflows.core.errors import Invalid, LotseError
from workflows.engine.bundle import BundleUnreadable
from workflows.engine.checks import line, sentence
from workflows.engine.findings import BundleRefused

UNREACHABLE = "Die Datenbank ist nicht erreichbar. Bitte DATABASE_URL prüfen und ob sie läuft."
NO_DATABASE = "Die Datei, die DATABASE_URL nennt, ist keine Datenbank oder beschädigt."
TOO_LARGE = "Eine der Zahlen ist zu groß: So eine Nummer gibt es nicht."
CONTRADICTION = "Gespeicherte Daten widersprechen sich. Wo, sagen „lotse check-data“ und „lotse verify-audit“."
WITHOUT_TABLES = "Der Datenbank fehlen Tabellen. Bitte zuerst „python3 start.py migrate“ ausführen."
WHOLE = frozenset({"scenario_unreadable"})
"""Errors whose sentence says all that their facts do."""


def sentences(error: Exception) -> list[str]:
    """What to tell, one line each; raises the error itself if there is nothing better to say."""
    if isinstance(error, Invalid):
        return [f"{path}: {problem_text(each)}" for path, found in error.problems.items() for each in found]
    if isinstance(error, BundleRefused):
        return [_with_facts(error), *(line(each) for each in error.findings if each.severity == "error")]
    if isinstance(error, BundleUnreadable):
        return [sentence(error.code, error.facts)]
    if isinstance(error, LotseError):
        return [_with_facts(error)]
    if isinstance(error, DBAPIError):
        return [_of_database(error), str(error.orig).strip().splitlines()[0]]
    if isinstance(error, OverflowError):
        return [TOO_LARGE]
    if isinstance(error, OSError):
        return [f"{error.filename}: {error.strerror}" if error.filename else str(error)]
    raise error


def _with_facts(error: LotseError) -> str:
    """The sentence and what it is about: codes are for programs, the code alone helps nobody."""
    text = error_text(error.code, error.facts)
    if text is None:
        return str(error)
    if error.code in WHOLE:
        return text
    # A list is in the sentence as words, or it is none that helps.
    plain = [str(fact) for fact in error.facts.values() if not isinstance(fact, list)]
    unsaid = [fact for fact in plain if fact not in text]
    return f"{text} ({', '.join(unsaid)})" if unsaid else text


def _of_database(error: DBAPIError) -> str:
    """SQLite calls a missing table an operational error, PostgreSQL a programming error."""
    lacks_table = "no such table" in str(error.orig) or isinstance(error, ProgrammingError)
    if lacks_table:
        return WITHOUT_TABLES
    if isinstance(error, OperationalError):
        return UNREACHABLE
    if isinstance(error, DataError):
        return TOO_LARGE
    if isinstance(error, IntegrityError):
        return CONTRADICTION
    if type(error) is DatabaseError:
        return NO_DATABASE
    raise error
