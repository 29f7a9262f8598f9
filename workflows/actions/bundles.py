"""Deploying bundles: what whoever runs the house puts in force alone, and at the first start those it comes with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, union

from workflows import policy
from workflows.actions import received_files
from workflows.core import audit
from workflows.core.tx import Tx
from workflows.engine import bundle, definitions, drafts, stories
from workflows.engine.bundle import Bundle
from workflows.engine.definitions import Edition, Version
from workflows.engine.drafts import Draft
from workflows.engine.findings import BundleRefused, Finding
from workflows.operators import catalogue


@dataclass(frozen=True, slots=True)
class Deployed:
    """The version a bundle became, and what was rewritten in diagrams of other tools for it."""

    version: Version
    changes: tuple[Finding, ...]


def deploy_alone(tx: Tx, data: bytes, comment: str) -> Deployed:
    """Normalise, check and freeze a zipped bundle without a second person, which the audit says beside the reason.

    Raises ``NotAllowed``, ``BundleUnreadable``, ``BundleRefused``.
    """
    policy.require(tx, policy.BUNDLE_DEPLOY)
    found = received_files.settled(bundle.read(data))
    audit.record(tx, "system", "publication.bypassed", f"process:{found.bundle.key}", {"comment": comment})
    try:
        return Deployed(definitions.deploy(tx, found.bundle, catalogue(tx)), found.changes)
    except BundleRefused as refused:
        raise BundleRefused([*refused.findings, *found.changes]) from refused


def deploy_missing(tx: Tx, folder: Path) -> list[Version]:
    """Deploy each bundle below ``folder`` whose process was never deployed.

    What an owner published is not touched: a bundle the house delivers anew becomes a draft, once (decision 4).
    """
    known = definitions.keys(tx.session)
    deployed = []
    for path in sorted(each for each in folder.iterdir() if each.is_dir()):
        delivered = bundle.read(path)
        if path.name in known:
            _offer(tx, delivered, stories_beside(path))
        else:
            deployed.append(definitions.deploy(tx, delivered, catalogue(tx)))
        if not stories.of_process(tx.session, path.name):
            stories.keep(tx, path.name, stories_beside(path))
    return deployed


def _offer(tx: Tx, delivered: Bundle, told: Mapping[str, bytes]) -> None:
    seen = union(
        select(Draft.sha256).where(Draft.process_key == delivered.key),
        select(Edition.sha256).join(Version).where(Version.process_key == delivered.key),
    )
    if delivered.sha256 not in set(tx.session.scalars(seen)):
        base = definitions.newest_active(tx.session, delivered.key)
        drafts.begin(tx, delivered, base=base, origin="delivered", scenarios=told)


def stories_beside(folder: Path) -> dict[str, bytes]:
    """The scenarios that lie in the folder of a bundle, by path."""
    return {f"scenarios/{path.name}": path.read_bytes() for path in sorted(folder.glob("scenarios/*.yaml"))}
