"""Walks a funding application as far as a test needs it, with what the bundle's own story of a success types."""

from collections.abc import Mapping
from typing import Any

import yaml

from tests.actions.conftest import BUNDLES, ENQUIRY, House
from workflows.core.tx import Actor
from workflows.domain import people

STORY = BUNDLES / "funding" / "scenarios" / "awarded_and_proven.yaml"
WHO = {"coordination": "coordinator", "contact": "coordinator"}


def typed(element_id: str) -> Mapping[str, Any]:
    """What the story types into the first task of that element."""
    steps = yaml.safe_load(STORY.read_text(encoding="utf-8"))["steps"]
    found: Mapping[str, Any] = next(step["values"] for step in steps if step.get("complete") == element_id)
    return found


def advise(house: House, enquiry: Mapping[str, Any] = ENQUIRY, channel: str = "form") -> str:
    """An enquiry becomes an application with its first task; gives the token of the status page."""
    _, token = house.submit(enquiry, channel=channel)
    triage = {"decision": "help", "summary": "Geld gesucht", "urgency": "normal", "support_level": "inform"}
    house.do("coordinator", "triage", {**triage, "ways": ["funding"], "triage_note": ""})
    return token


def walk(house: House, until: str, *, by: Mapping[str, str] | None = None, since: str = "") -> None:
    """Do the story's tasks up to, and without, the first one of ``until``, beginning with ``since`` if it is given.

    ``by`` says who does one of them instead.
    """
    begun = not since
    for step in yaml.safe_load(STORY.read_text(encoding="utf-8"))["steps"]:
        element_id = step.get("complete")
        if element_id == until:
            return
        begun = begun or element_id == since
        if begun and element_id is not None:
            who = (by or {}).get(element_id) or WHO.get(step["by"], step["by"])
            house.do(who, element_id, _with_accounts(house, step["values"]))


def walk_again(house: House, *element_ids: str) -> None:
    """Do the story's first tasks of these elements, in this order."""
    for element_id in element_ids:
        house.do("coordinator", element_id, typed(element_id))


def jury(house: House, *names: str) -> list[Actor]:
    """Members of the jury with an account, as further actors of the house."""
    with house.at() as tx:
        for name in names:
            user = people.create(
                tx, f"{name}@jury.example", name, roles=["leadership"], groups=["group:jury", "group:leadership"]
            )
            house.actors[name] = people.actor(tx.session, user)
    return [house.actors[name] for name in names]


def key(actor: Actor) -> str:
    """The key of an account, as forms and diagrams name it."""
    return f"user:{actor.user_id}"


def _with_accounts(house: House, values: Any) -> Any:
    if isinstance(values, dict):
        return {name: _with_accounts(house, value) for name, value in values.items()}
    if isinstance(values, list):
        return [_with_accounts(house, value) for value in values]
    if isinstance(values, str) and values.startswith("person:"):
        return key(house.actors[values.removeprefix("person:")])
    return values
