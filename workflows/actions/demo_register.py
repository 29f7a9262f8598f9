"""The register of a demonstration: invented associations, some current, some not looked at for long."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from workflows.core.tx import Tx
from workflows.domain import contacts, organisation_people, organisations
from workflows.domain.contacts import Held
from workflows.domain.organisations import Origin

DATA = Path(__file__).parent / "data" / "demo_register.yaml"


def fill(tx: Tx, advisor_id: int | None) -> None:
    """Describe what nobody has described yet; may be repeated."""
    for known in yaml.safe_load(DATA.read_text(encoding="utf-8")):
        organisation = organisations.remember(tx, known["values"]["name"])
        if organisation is not None and organisation.confirmed_at is None:
            _describe(tx, organisation.id, known, advisor_id)


def _describe(tx: Tx, organisation_id: int, known: Mapping[str, Any], advisor_id: int | None) -> None:
    told_at = tx.now - timedelta(days=known["ago"])
    organisations.change(tx, organisation_id, known["values"], Origin("self", told_at.date()))
    organisations.look_after(tx, organisation_id, advisor_id, None)
    for person in known["contacts"]:
        organisation_people.add(tx, organisation_id, person)
    for talk in known.get("talks", ()):
        _talk(tx, organisation_id, talk)
    for name, kind in known.get("networks", ()):
        other = organisations.remember(tx, name)
        assert other is not None
        other.kind = kind
        organisation_people.relate(tx, organisation_id, other.id, kind, "self", told_at.date())
    if "directory" in known:
        organisations.publish(tx, organisation_id, known["directory"], "self")
    organisations.confirm(tx, organisation_id, "self").confirmed_at = told_at


def _talk(tx: Tx, organisation_id: int, talk: Mapping[str, Any]) -> None:
    """Something said outside of any case."""
    day = organisations.today(tx) - timedelta(days=talk["ago"])
    contacts.log(
        tx, Held(talk["kind"], day, talk["who"], talk["text"], talk["office_task"], None, None, organisation_id)
    )
