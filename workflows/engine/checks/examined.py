"""What the checks look at: a bundle, what was read from it, and what the installation offers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.content import Content, Functions
from workflows.engine.dialect import Element, ParsedProcess, Process
from workflows.engine.findings import Finding


@dataclass(frozen=True)
class Examined:
    """A bundle whose diagrams could be read; ``functions`` are all that expressions may call."""

    bundle: Bundle
    content: Content
    parsed: ParsedProcess
    catalogue: Catalogue
    functions: Functions
    extra: Mapping[str, Any] = field(default_factory=dict)

    def error(self, element_id: str, code: str, **facts: Any) -> Finding:
        """Something that would stop a case."""
        return Finding("error", self.file_of(element_id), element_id, code, self._named(element_id, facts))

    def warning(self, element_id: str, code: str, **facts: Any) -> Finding:
        """Something that is probably not meant."""
        return Finding("warning", self.file_of(element_id), element_id, code, self._named(element_id, facts))

    def _named(self, element_id: str, facts: dict[str, Any]) -> dict[str, Any]:
        element = self.parsed.elements.get(element_id)
        return {"name": element.name, **facts} if element is not None and element.name else facts

    def file_of(self, element_id: str) -> str:
        """The file an element, flow or process stands in."""
        return self._files.get(element_id, self.bundle.diagram)

    @cached_property
    def _files(self) -> dict[str, str]:
        files: dict[str, str] = {}
        for process in self.parsed.processes.values():
            path = self.content.process_files.get(process.id, self.bundle.diagram)
            for name in (process.id, *process.elements, *process.flows):
                files[name] = path
        return files

    def processes(self) -> Iterator[tuple[Process, "Graph"]]:
        """Every process and subprocess with its graph."""
        for process in self.parsed.processes.values():
            yield process, self.graphs[process.id]

    @cached_property
    def graphs(self) -> dict[str, "Graph"]:
        """The graph of each process."""
        return {key: Graph(process) for key, process in self.parsed.processes.items()}


class Graph:
    """Who follows whom within one process; a boundary event follows the activity it is attached to."""

    def __init__(self, process: Process) -> None:
        self.elements: Mapping[str, Element] = process.elements
        self.bit = {key: 1 << at for at, key in enumerate(process.elements)}
        self.after: dict[str, list[str]] = {key: [] for key in process.elements}
        self.before: dict[str, list[str]] = {key: [] for key in process.elements}
        for flow in process.flows.values():
            self._link(flow.source, flow.target)
        for element in process.elements.values():
            if element.attached_to:
                self._link(element.attached_to, element.id)

    def _link(self, source: str, target: str) -> None:
        # A flow that leads nowhere is a finding of its own.
        if source in self.after and target in self.after:
            self.after[source].append(target)
            self.before[target].append(source)

    def reached(self, *origins: str, backwards: bool = False) -> set[str]:
        """Everything on a way from the origins, they included; ``backwards`` on a way to them."""
        following = self.before if backwards else self.after
        seen = set(origins)
        queue = list(seen)
        while queue:
            for other in following.get(queue.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
        return seen

    @cached_property
    def ahead(self) -> dict[str, int]:
        """For each element everything on a way from it, it included, as bits."""
        return spread(self.leaving_order(), self.after, self.bit)

    def within(self, bits: int) -> Iterator[str]:
        """The elements of some bits."""
        keys = list(self.elements)
        while bits:
            yield keys[(bits & -bits).bit_length() - 1]
            bits &= bits - 1

    def leaving_order(self) -> list[str]:
        """Every element after all that follow it, as far as circles allow."""
        return self._finished(set(self.after))

    def circles(self, among: set[str]) -> list[set[str]]:
        """The groups of elements among ``among`` that lead back to themselves without leaving it (Kosaraju)."""
        left = set(among)
        groups: list[set[str]] = []
        for key in reversed(self._finished(among)):
            if key in left:
                group = self._towards(key, left)
                left -= group
                if len(group) > 1 or key in self.after[key]:
                    groups.append(group)
        return groups

    def _finished(self, among: set[str]) -> list[str]:
        """The elements in the order a depth-first walk leaves them."""
        order: list[str] = []
        seen: set[str] = set()
        for origin in among:
            stack = [] if origin in seen else [(origin, iter(self.after[origin]))]
            seen.add(origin)
            while stack:
                key, rest = stack[-1]
                other = next((each for each in rest if each in among and each not in seen), None)
                if other is None:
                    order.append(key)
                    stack.pop()
                else:
                    seen.add(other)
                    stack.append((other, iter(self.after[other])))
        return order

    def _towards(self, key: str, among: set[str]) -> set[str]:
        """Everything among ``among`` that leads to ``key``."""
        found = {key}
        queue = [key]
        while queue:
            for other in self.before[queue.pop()]:
                if other in among and other not in found:
                    found.add(other)
                    queue.append(other)
        return found


def spread(order: Iterable[str], sources: Mapping[str, Iterable[str]], own: Mapping[str, int]) -> dict[str, int]:
    """Hand bits on until nothing changes: each key has its own and those of its sources.

    Bits, because sets of what lies before each of thousands of elements take seconds. ``order`` has the sources first,
    as far as circles allow.
    """
    found = dict(own)
    keys = list(order)
    changed = True
    while changed:
        changed = False
        for key in keys:
            bits = found[key]
            for source in sources[key]:
                bits |= found[source]
            if bits != found[key]:
                found[key] = bits
                changed = True
    return found
