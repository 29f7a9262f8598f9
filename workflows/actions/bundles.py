"""Deploying bundles: what a process owner sends, and at the first start those the house comes with."""

from dataclasses import dataclass
from pathlib import Path

from workflows import policy
from workflows.core.tx import Tx
from workflows.engine import bundle, definitions
from workflows.engine.definitions import Version
from workflows.engine.findings import BundleRefused, Finding
from workflows.engine.normalise import normalise
from workflows.operators import catalogue


@dataclass(frozen=True, slots=True)
class Deployed:
    """The version a bundle became, and what was rewritten in diagrams of other tools for it."""

    version: Version
    changes: tuple[Finding, ...]


def deploy(tx: Tx, data: bytes) -> Deployed:
    """Normalise, check and freeze a zipped bundle; raises ``NotAllowed``, ``BundleUnreadable``, ``BundleRefused``."""
    policy.require(tx, policy.BUNDLE_DEPLOY)
    found = normalise(bundle.read(data))
    try:
        return Deployed(definitions.deploy(tx, found.bundle, catalogue(tx)), found.changes)
    except BundleRefused as refused:
        raise BundleRefused([*refused.findings, *found.changes]) from refused


def deploy_missing(tx: Tx, folder: Path) -> list[Version]:
    """Deploy each bundle below ``folder`` whose process was never deployed; what an owner published is not touched."""
    known = definitions.keys(tx.session)
    found = [path for path in sorted(folder.iterdir()) if path.is_dir() and path.name not in known]
    return [definitions.deploy(tx, bundle.read(path), catalogue(tx)) for path in found]
