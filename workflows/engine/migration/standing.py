"""Where an instance stands, read from its stored state without any version: what can be compared, changed, put back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workflows.engine import snapshots, tokens
from workflows.engine.dialect.specs import EACH


@dataclass
class Place:
    """One token: ``spec`` is what it stands on; below it lie armed boundaries, awaited events, runs of a loop."""

    token: str
    state: int
    spec: str
    notes: dict[str, Any]
    below: list["Place"] = field(default_factory=list)

    @property
    def element(self) -> str:
        """The id of the element, without the mark of a single run."""
        return self.spec.removesuffix(EACH)

    @property
    def is_run(self) -> bool:
        """Whether it is a single run of a multi-instance activity."""
        return self.spec.endswith(EACH)

    @property
    def is_gathering(self) -> bool:
        """Whether it is a join that waits for more tokens."""
        return bool(self.state == tokens.WAITING)

    @property
    def is_waiting(self) -> bool:
        """Whether it has begun and waits for the outside."""
        return bool(self.state == tokens.STARTED)

    @property
    def arrived(self) -> dict[str, int]:
        """At a gathering join: how many tokens came by which flow."""
        return dict(self.notes.get("arrived", {}))

    def all(self) -> Iterator["Place"]:
        """The place itself and all below it."""
        yield self
        for each in self.below:
            yield from each.all()


@dataclass
class Level:
    """What stands in one process; ``owner`` is the token of the activity that holds it, empty for the instance's."""

    process: str
    owner: str
    places: list[Place]

    def all(self) -> Iterator[Place]:
        """Every place of the level."""
        for each in self.places:
            yield from each.all()


def read(state: bytes, process_key: str) -> list[Level]:
    """The levels of a stored instance, outer ones first; raises ``UnreadableState``."""
    outer, inside = snapshots.unpack(state)
    return [
        Level(process_key, "", _places(outer)),
        *(Level(process, owner, _places(rows)) for owner, process, rows in inside),
    ]


def _places(rows: list[list[Any]]) -> list[Place]:
    found: list[Place] = []
    for token, _parent, state, spec, notes in rows:
        found.append(Place(token, state, spec, dict(notes or {})))
    for place, row in zip(found, rows, strict=True):
        if row[1] >= 0:
            found[row[1]].below.append(place)
    return [place for place, row in zip(found, rows, strict=True) if row[1] < 0]


def write(levels: list[Level]) -> bytes:
    """The stored form of the levels, as ``snapshots.loads`` reads it."""
    outer, *inside = levels
    return snapshots.pack(_rows(outer), [[each.owner, each.process, _rows(each)] for each in inside])


def _rows(level: Level) -> list[list[Any]]:
    rows: list[list[Any]] = []
    queue = [(place, -1) for place in level.places]
    for place, parent in queue:
        rows.append([place.token, parent, place.state, place.spec, place.notes or None])
        queue.extend((each, len(rows) - 1) for each in place.below)
    return rows


Shape = tuple[Any, ...]


def shape(levels: list[Level]) -> Shape:
    """What two instances share that stand at the same elements in the same way: they are judged alike."""
    ids = {place.token: place.spec for level in levels for place in level.all()}
    return tuple(sorted({(each.process, ids.get(each.owner, ""), _standing(each.places)) for each in levels}))


def _standing(places: list[Place]) -> Shape:
    # Runs of a loop differ only in number, which changes nothing.
    return tuple(
        sorted({(each.spec, each.state, tuple(sorted(each.arrived.items())), _standing(each.below)) for each in places})
    )
