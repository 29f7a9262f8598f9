"""Before a new release of the house takes over: whether the published processes still find what they name."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from workflows.core.tx import Tx
from workflows.engine import bundle
from workflows.engine.bundle import BundleUnreadable
from workflows.engine.checks import check
from workflows.engine.checks.tables import ALWAYS_WRONG
from workflows.engine.definitions import Edition, Version
from workflows.engine.findings import Finding
from workflows.engine.state import Instance
from workflows.operators import catalogue

#: What a process says by itself and earlier releases did not look for: what was published with it goes on as before.
ITS_OWN = frozenset(
    {"never_written", "written_later", "value_unfit", "not_a_person"} | {f"table_{code}" for code in ALWAYS_WRONG}
)
ITS_OWN |= {"form_bounds_crossed", "form_lengths_crossed", "form_required_without_options", "form_without_options"}
ITS_OWN |= {"form_double_option", "form_nothing_to_fill"}


@dataclass(frozen=True, slots=True)
class Unfit:
    """A version that may start instances or still has some, and what this release refuses in it."""

    process_key: str
    number: int
    findings: tuple[Finding, ...]


def unfit_versions(tx: Tx) -> Iterator[Unfit]:
    """The live versions with errors under the operators, groups and code lists of this release.

    Reads only columns that every schema has, so that it can be asked before the schema is migrated.
    """
    known = catalogue(tx)
    is_running = exists().where(Instance.version_id == Version.id, Instance.status == "running")
    live = (
        select(Version.process_key, Version.number, Edition.files)
        .join(Edition, (Edition.version_id == Version.id) & (Edition.patch == Version.patch))
        .where(or_(Version.status == "active", is_running))
        .order_by(Version.process_key, Version.number)
    )
    for key, number, files in tx.session.execute(live).all():
        try:
            found = check(bundle.read(files), known)
        except BundleUnreadable as error:
            found = [Finding("error", key, "", error.code, error.facts)]
        errors = tuple(each for each in found if each.severity == "error" and each.code not in ITS_OWN)
        if errors:
            yield Unfit(key, number, errors)
