"""What the keys in the audit trail stand for: ``case:17`` is 2026-0017, ``user:3`` a person. For the reviewer."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.organisations import Organisation
from workflows.domain.people import Group, User
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral
from workflows.engine.definitions import Process

_NAMED: Mapping[str, tuple[Any, Any]] = {
    "case": (Case.id, Case.reference),
    "office": (Office.id, Office.name),
    "organisation": (Organisation.id, Organisation.name),
    "programme": (Programme.id, Programme.name),
    "user": (User.id, User.name),
}
_NUMBERED = re.compile(r"([a-z_]+):([1-9]\d{0,8})")
_REFERENCE = re.compile(r"\d{4}-\d{4,}")


def names(tx: Tx, keys: Collection[str]) -> dict[str, str]:
    """The name of each key that has one; what is gone, was forgotten or never had a name is not among them.

    Raises ``NotAllowed`` for whoever may not read the trail.
    """
    policy.require(tx, policy.AUDIT_READ)
    wanted: dict[str, list[int]] = {}
    for key in keys:
        if found := _NUMBERED.fullmatch(key):
            wanted.setdefault(found[1], []).append(int(found[2]))
    told = {
        f"{noun}:{number}": str(name)
        for noun, (column, called) in _NAMED.items()
        if noun in wanted
        for number, name in tx.session.execute(select(column, called).where(column.in_(wanted[noun])))
    }
    asked = select(Referral.id, Office.name).join(Office, Office.id == Referral.office_id)
    for number, name in tx.session.execute(asked.where(Referral.id.in_(wanted.get("referral", ())))):
        told[f"referral:{number}"] = name
    processes = {key.removeprefix("process:") for key in keys if key.startswith("process:")}
    for key, name in tx.session.execute(select(Process.key, Process.name).where(Process.key.in_(processes))):
        told[f"process:{key}"] = name
    groups = {key for key in keys if key.startswith("group:")}
    told.update(tx.session.execute(select(Group.key, Group.name).where(Group.key.in_(groups))).tuples().all())
    return told


def stream(tx: Tx, typed: str) -> str:
    """The stream somebody means: a case's reference stands for its stream, anything else for itself.

    Raises ``NotAllowed`` for whoever may not read the trail.
    """
    policy.require(tx, policy.AUDIT_READ)
    if not _REFERENCE.fullmatch(typed):
        return typed
    number = tx.session.scalar(select(Case.id).where(Case.reference == typed))
    return typed if number is None else f"case:{number}"
