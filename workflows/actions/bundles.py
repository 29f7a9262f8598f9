"""Deploying bundles: what a process owner sends, and at the first start those the house comes with."""

from pathlib import Path

from workflows import policy
from workflows.core.tx import Tx
from workflows.engine import bundle, definitions
from workflows.engine.definitions import Version
from workflows.operators import catalogue


def deploy(tx: Tx, data: bytes) -> Version:
    """Check and freeze a zipped bundle; raises ``NotAllowed``, ``BundleUnreadable``, ``BundleRefused``."""
    policy.require(tx, policy.BUNDLE_DEPLOY)
    return definitions.deploy(tx, bundle.read(data), catalogue(tx))


def deploy_missing(tx: Tx, folder: Path) -> list[Version]:
    """Deploy each bundle below ``folder`` whose process was never deployed; what an owner published is not touched."""
    known = definitions.keys(tx.session)
    found = [path for path in sorted(folder.iterdir()) if path.is_dir() and path.name not in known]
    return [definitions.deploy(tx, bundle.read(path), catalogue(tx)) for path in found]
