"""Variables that are read where nothing has set them: nowhere set at all, or only by what comes later."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from workflows.engine.checks.before import Before
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.uses import Use, uses
from workflows.engine.checks.variables import (
    PROVIDED,
    compiled,
    handed_in,
    known_variables,
    passed_on,
    results,
    similar_name,
    started_with,
    writes_unknown,
)
from workflows.engine.findings import Finding, Severity

#: Comparing spellings is slow; a diagram with more unknown names than this is not a matter of typing mistakes.
MOST_JUDGED = 200
#: Where the engine takes nothing but a value: without one the case stands still until somebody mends it.
AWAITED = frozenset(
    {"condition", "completion_condition", "timer_date", "timer_duration", "timer_cycle", "due_date", "follow_up_date"}
    | {"priority", "assignee", "candidate_groups", "correlation_key", "message_name", "collection"}
)
#: What an output mapping only clears a variable with, before it is asked for again.
EMPTIES = frozenset({"=null", "= null"})


@dataclass(frozen=True, slots=True)
class Read:
    """A name and where it stands; ``at`` are the places of the diagrams it is read at, ``own`` what is known besides.

    ``stops`` says whether a case stands still where the name is not known.
    """

    file: str
    element: str
    place: str
    name: str
    at: tuple[str, ...]
    own: frozenset[str] = frozenset()
    stops: bool = False


def check_unwritten(examined: Examined) -> Iterator[Finding]:
    """Errors where a case would certainly stand still, hints where it may be meant or changes little."""
    reads = list(reads_in(examined))
    often = Counter(each.name for each in reads)
    judging = Names(examined)
    told: set[tuple[str, str]] = set()
    for read in sorted(reads, key=lambda each: not each.stops):
        if (read.element, read.name) in told:
            continue
        told.add((read.element, read.name))
        if judging.is_known(read):
            if judging.is_only_emptied(read):
                yield _finding(judging, replace(read, stops=False), "only_emptied")
            continue
        if judging.follows(read):
            continue
        writers = judging.writers.get(read.name, [])
        if writers and read.at:
            if not judging.may_be_in_time(read, writers):
                yield _finding(judging, read, "written_later", writer=judging.named(writers[0]))
        elif not writers and read.name not in judging.start:
            similar = judging.similar(read.name) if often[read.name] == 1 else ""
            if similar or judging.is_certain(read):
                yield _finding(judging, read, "never_written", similar=similar)


def _finding(judging: "Names", read: Read, code: str, **facts: str) -> Finding:
    stops = read.stops and judging.is_certain(read)
    severity: Severity = "error" if stops else "warning"
    told = {"variable": read.name, "place": read.place, "stops": stops, **facts}
    return Finding(severity, read.file, read.element, code, told)


class Names:
    """What is known where, and who sets it."""

    def __init__(self, examined: Examined) -> None:
        self._examined = examined
        self._elements = examined.parsed.elements
        self._before = Before(examined)
        self._judged = 0
        given = started_with(examined)
        self._start_is_known = given is not None
        self.start = (given or frozenset()) | PROVIDED
        self._all = known_variables(examined)
        self.writers: dict[str, list[str]] = {}
        self._filled: set[str] = set()
        unknown = {key for key, element in self._elements.items() if writes_unknown(examined, element)}
        self._passed_on = {key: passed_on(examined, element) for key, element in self._elements.items()}
        self._broken = tuple(each for each in unknown if self._elements[each].form_id in examined.content.unreadable)
        self._unknown = self._before.bits(unknown)
        self._handed_around: dict[str, frozenset[str]] = {}
        for element in self._elements.values():
            emptied = {each.target for each in element.outputs if each.source.strip() in EMPTIES}
            for name in self._passed_on[element.id]:
                self.writers.setdefault(name, []).append(element.id)
            self._filled |= self._passed_on[element.id] - emptied
        self._written = {name: self._before.bits(keys) for name, keys in self.writers.items()}

    def is_known(self, read: Read) -> bool:
        """Whether the name has a value when it is read; a form that several steps show needs it in one of them."""
        if read.name in self.start or read.name in read.own:
            return True
        return any(self.knows(place, read.name) for place in read.at)

    def knows(self, place: str, name: str) -> bool:
        """Whether a name is set when a place is reached, by what came before or what is handed in around it."""
        if self._written.get(name, 0) & self._before.of(place):
            return True
        return name in self._handed_in(place)

    def _handed_in(self, place: str) -> frozenset[str]:
        """The names handed in to an element, or to what it lies in."""
        element = self._before.element(place)
        if element is None:
            return frozenset()
        if element.process not in self._handed_around:
            holders = self._before.holders(element.process)
            self._handed_around[element.process] = frozenset().union(*map(handed_in, holders))
        return self._handed_around[element.process] | handed_in(element)

    def is_only_emptied(self, read: Read) -> bool:
        """Whether everybody who sets it only ever empties it, so that what asks for it gets no answer."""
        if read.name in self.start or read.name in read.own or read.name in self._filled:
            return False
        handed = any(read.name in self._handed_in(place) for place in read.at)
        return not handed and self.is_certain(replace(read, at=()))

    def known_at(self, place: str) -> frozenset[str]:
        """The names that are set when a place is reached, besides those a case begins with."""
        before = self._before.of(place)
        return self._handed_in(place).union(name for name, keys in self._written.items() if keys & before)

    def perhaps_at(self, place: str) -> frozenset[str]:
        """The names that are known at a place, or set on ways beside it."""
        beside = {
            name
            for name, writers in self.writers.items()
            if any(self._before.may_be_beside(writer, place) for writer in writers)
        }
        return self.start | self.known_at(place) | beside

    def may_be_in_time(self, read: Read, writers: list[str]) -> bool:
        """Whether one of those who set it may be done earlier by chance, on a way beside."""
        return any(self._before.may_be_beside(writer, place) for writer in writers for place in read.at)

    def follows(self, read: Read) -> bool:
        """Whether a form that cannot be read may be why the name is not known: that form is the finding."""
        broken = self._before.bits(self._broken)
        return bool(broken) and any(broken & self._before.of(place) for place in read.at or self._broken)

    def is_certain(self, read: Read) -> bool:
        """Whether nothing came in before that no diagram and no catalogue names."""
        if not read.at:
            return self._start_is_known and not self._unknown
        return self._start_is_known and not any(self._unknown & self._before.of(place) for place in read.at)

    def similar(self, name: str) -> str:
        """A known name that this one may be a mistyped form of."""
        self._judged += 1
        return similar_name(name, self._all) if self._judged <= MOST_JUDGED else ""

    def named(self, element_id: str) -> str:
        """An element as people call it."""
        return self._elements[element_id].name or element_id


def reads_in(examined: Examined) -> Iterator[Read]:
    """Every variable that an expression reads from outside its element.

    Output mappings are left out: they read the result of their own element, too.
    """
    for use in uses(examined.parsed):
        if use.is_expression and use.place != "output" and (expression := compiled(examined, use)) is not None:
            element = examined.parsed.elements.get(use.element_id)
            own = results(examined, element) if element is not None and use.place == "output_element" else set()
            read = partial(Read, examined.file_of(use.element_id), use.element_id, use.place)
            for name in sorted(expression.variables):
                yield read(name, (use.element_id,), frozenset(own), _stops(examined, use))
    yield from _reads_in_forms(examined)


def _stops(examined: Examined, use: Use) -> bool:
    if use.place != "input":
        return use.place in AWAITED
    element = examined.parsed.elements[use.element_id]
    operator = examined.catalogue.operators.get(element.operator or "")
    return operator is not None and any(each.required and each.name == use.target for each in operator.parameters)


def _reads_in_forms(examined: Examined) -> Iterator[Read]:
    for form_id, form in examined.content.forms.items():
        shown_at = tuple(each.id for each in examined.parsed.elements.values() if each.form_id == form_id)
        own = frozenset(field.key for field in form.walk() if field.key)
        read = Read(examined.content.form_files[form_id], "", "", "", shown_at, own)
        for field_id, setting, expression in form.expressions():
            for name in sorted(expression.variables):
                yield replace(read, element=field_id, place=setting, name=name)
