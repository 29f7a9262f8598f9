"""Processes and their versions: bundles checked, frozen under their digest, parsed once and then shared."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.engine import bundle as bundles
from workflows.engine import starts
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks import check_content
from workflows.engine.content import Content, read_content
from workflows.engine.definition import Definition, Identity, cached, define
from workflows.engine.findings import BundleRefused
from workflows.engine.office_functions import OFFICE_FUNCTIONS

__all__ = ["Definition", "Edition", "Process", "Version", "active", "deploy", "keys", "load", "retire"]


class Process(Base):
    """A process that was deployed at least once; ``key`` is the bundle's folder name, ``name`` what people call it."""

    __tablename__ = "process"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Version(Base):
    """What instances are pinned to: one state of diagrams, forms and decision tables.

    ``patch`` and ``sha256`` are those of its newest edition, ``logic_sha256`` covers what may not change in a patch.
    """

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("process_key", "number"),
        CheckConstraint("status IN ('active', 'retired')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(ForeignKey("process.key"))
    number: Mapped[int]
    patch: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64))
    logic_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10), default="active")
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str] = mapped_column(String(200))


class Edition(Base):
    """A frozen bundle: patch 0 of a version, or a later change of its texts and translations; never altered."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("version_id", "patch"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    patch: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    files: Mapped[bytes] = mapped_column(LargeBinary)
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str] = mapped_column(String(200))


def deploy(tx: Tx, bundle: Bundle, catalogue: Catalogue) -> Version:
    """Check and freeze a bundle; returns its version, the existing one when nothing changed since the newest.

    A change of texts and translations alone becomes a patch of the newest version, anything else the next number.
    Raises ``BundleRefused`` with all findings when one of them is an error.
    """
    content = read_content(bundle, {**OFFICE_FUNCTIONS, **catalogue.functions})
    findings = check_content(bundle, content, catalogue)
    if any(finding.severity == "error" for finding in findings):
        raise BundleRefused(findings)
    _process(tx, bundle.key, _name(bundle, content))
    newest = newest_active(tx.session, bundle.key)
    if newest is not None and newest.sha256 == bundle.sha256:
        return newest
    if newest is not None and newest.logic_sha256 == bundle.logic_sha256:
        version = _patched(newest, bundle)
        _freeze(tx, version, bundle)
        return version  # other words are no reason to count repeated starts from today
    version = _numbered(tx, bundle)
    _freeze(tx, version, bundle)
    starts.renew(tx, bundle.key, load(tx.session, version.id), {**OFFICE_FUNCTIONS, **catalogue.functions})
    return version


def _name(bundle: Bundle, content: Content) -> str:
    assert content.parsed is not None
    return content.parsed.processes[bundle.key].name or bundle.key


def _process(tx: Tx, key: str, name: str) -> Process:
    """The process row, locked, so that two deployments of one process follow each other."""
    try:
        with tx.session.begin_nested():
            if tx.session.get(Process, key) is None:
                tx.session.add(Process(key=key, name=name, created_at=tx.now))
    except IntegrityError:
        pass  # somebody else deployed it for the first time just now
    process = tx.locked(Process, key)
    process.name = name
    return process


def newest_active(session: Session, key: str) -> Version | None:
    """The version that starts new instances, read afresh; None when there is none."""
    return session.scalar(
        select(Version)
        .where(Version.process_key == key, Version.status == "active")
        .order_by(Version.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _patched(version: Version, bundle: Bundle) -> Version:
    version.patch += 1
    version.sha256 = bundle.sha256
    return version


def _numbered(tx: Tx, bundle: Bundle) -> Version:
    last = tx.session.scalar(select(func.max(Version.number)).where(Version.process_key == bundle.key)) or 0
    version = Version(
        process_key=bundle.key,
        number=last + 1,
        patch=0,
        sha256=bundle.sha256,
        logic_sha256=bundle.logic_sha256,
        status="active",
        deployed_at=tx.now,
        deployed_by=tx.actor.label,
    )
    tx.session.add(version)
    return version


def _freeze(tx: Tx, version: Version, bundle: Bundle) -> None:
    tx.session.flush()
    tx.session.add(
        Edition(
            version_id=version.id,
            patch=version.patch,
            sha256=bundle.sha256,
            files=bundle.frozen(),
            deployed_at=tx.now,
            deployed_by=tx.actor.label,
        )
    )
    facts = {"number": version.number, "patch": version.patch, "sha256": bundle.sha256}
    audit.record(tx, "system", "bundle.deployed", f"process:{bundle.key}", facts)


def retire(tx: Tx, version_id: int) -> Version:
    """A retired version starts nothing more and finishes what runs; raises ``NotFound``, ``Conflict`` if it is one."""
    version = tx.session.get(Version, version_id)
    if version is not None:
        tx.locked(Process, version.process_key)  # before its versions, as a deployment does: they follow each other
    version = tx.locked(Version, version_id)
    if version.status != "active":
        raise Conflict("version_retired", process=version.process_key, number=version.number)
    listening = newest_active(tx.session, version.process_key)
    version.status = "retired"
    audit.record(tx, "system", "version.retired", f"process:{version.process_key}", {"number": version.number})
    tx.session.flush()
    if listening is None or listening.id != version.id:
        return version
    newest = newest_active(tx.session, version.process_key)
    starting = load(tx.session, newest.id) if newest is not None else None
    starts.renew(tx, version.process_key, starting, OFFICE_FUNCTIONS)
    return version


def keys(session: Session) -> frozenset[str]:
    """The keys of all processes that were ever deployed."""
    return frozenset(session.scalars(select(Process.key)))


def active(session: Session, process_key: str) -> Definition:
    """The newest version that may start instances; raises ``NotFound``."""
    version = newest_active(session, process_key)
    if version is None:
        raise NotFound("process_unknown", process=process_key)
    return load(session, version.id)


def load(session: Session, version_id: int) -> Definition:
    """The definition an instance is pinned to, with its newest texts; raises ``NotFound``."""
    found = session.execute(
        select(Version.process_key, Version.number, Version.patch, Version.sha256).where(Version.id == version_id)
    ).first()
    if found is None:
        raise NotFound("version_unknown", version=version_id)
    return identified(session, Identity(version_id, *found))


def identified(session: Session, identity: Identity) -> Definition:
    """The definition of a version whose row was read together with something else."""
    return cached(identity, lambda: _thaw(session, identity))


def _thaw(session: Session, identity: Identity) -> Definition:
    files = session.scalar(
        select(Edition.files).where(Edition.version_id == identity.version_id, Edition.patch == identity.patch)
    )
    if files is None:
        raise NotFound("version_unknown", version=identity.version_id)
    bundle = bundles.read(files)
    return define(identity, bundle, read_content(bundle, OFFICE_FUNCTIONS))
