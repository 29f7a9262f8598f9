"""Where nodes of a new drawing stand: in columns, each one behind the furthest that leads to it, and rows of bands."""

from collections.abc import Iterable, Mapping, Sequence

from workflows.engine.editing.geometry import GAP, STEP, Box, Point

ROW_GAP = 70.0


def columns(nodes: Sequence[str], pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The column of each node; a flow that closes a loop counts for nothing."""
    after: dict[str, list[str]] = {key: [] for key in nodes}
    for source, target in pairs:
        if source != target:
            after[source].append(target)
    led_to = {target for targets in after.values() for target in targets}
    order, loops = _walked([*(key for key in nodes if key not in led_to), *nodes], after)
    column = dict.fromkeys(nodes, 0)
    for key in order:
        for target in after[key]:
            if (key, target) not in loops:
                column[target] = max(column[target], column[key] + 1)
    return column


def _walked(origins: Iterable[str], after: dict[str, list[str]]) -> tuple[list[str], set[tuple[str, str]]]:
    """All nodes, each before those it leads to, and the flows that would close a loop; without recursion."""
    done: list[str] = []
    seen: set[str] = set()
    open_now: set[str] = set()
    loops: set[tuple[str, str]] = set()
    for origin in origins:
        waiting = [(origin, iter(after[origin]))] if origin not in seen else []
        seen.add(origin)
        open_now.add(origin)
        while waiting:
            key, rest = waiting[-1]
            target = next(rest, None)
            if target is None:
                waiting.pop()
                open_now.discard(key)
                done.append(key)
            elif target in open_now:
                loops.add((key, target))
            elif target not in seen:
                seen.add(target)
                open_now.add(target)
                waiting.append((target, iter(after[target])))
    return done[::-1], loops


class Grid:
    """Columns of nodes, and rows of each band; lines bend between them."""

    def __init__(
        self,
        column: Mapping[str, int],
        pairs: Iterable[tuple[str, str]],
        sizes: Mapping[str, tuple[float, float]],
    ) -> None:
        self.column, self.sizes = column, sizes
        widths = [0.0] * (max(column.values(), default=-1) + 1)
        for key, number in column.items():
            widths[number] = max(widths[number], sizes[key][0])
        self.left: list[float] = []
        at = 0.0
        for width in widths:
            self.left.append(at)
            at += width + 2 * GAP
        self.right = [left + width for left, width in zip(self.left, widths, strict=True)]
        self.width = self.right[-1] if widths else STEP[0]
        self.before: dict[str, list[str]] = {}
        for source, target in pairs:
            self.before.setdefault(target, []).append(source)
        self.below: dict[str, float] = {}
        self.x = 0.0

    def place(self, held: Iterable[str], x: float, top: float) -> tuple[dict[str, Box], float]:
        """Where the nodes of one band stand from ``top`` on, and where it ends."""
        self.x = x
        boxes: dict[str, Box] = {}
        y = top + GAP
        for here in self._rows(held) or [[]]:
            height = max((self.sizes[key][1] for key in here), default=float(STEP[1]))
            for key in here:
                width, own = self.sizes[key]
                middle = x + (self.left[self.column[key]] + self.right[self.column[key]]) / 2
                boxes[key] = Box(middle - width / 2, y + (height - own) / 2, width, own)
                self.below[key] = y + height
            y += height + ROW_GAP
        return boxes, y - ROW_GAP + GAP

    def _rows(self, held: Iterable[str]) -> list[list[str]]:
        """Each in the row of what leads to it, or the next that is free in its column."""
        row: dict[str, int] = {}
        free: dict[int, int] = {}
        rows: list[list[str]] = []
        for key in sorted(held, key=lambda each: self.column[each]):
            wanted = next((row[each] for each in self.before.get(key, ()) if each in row), 0)
            row[key] = max(wanted, free.get(self.column[key], 0))
            free[self.column[key]] = row[key] + 1
            rows += [[] for _ in range(row[key] + 1 - len(rows))]
            rows[row[key]].append(key)
        return rows

    def line(self, ends: tuple[str, str], source: Box, target: Box, aside: float, *, hangs: bool) -> list[Point]:
        """A flow: straight to the next column, otherwise below the row of its source; none runs through a node.

        ``ends`` are what stands in the columns, ``source`` and ``target`` where the line begins and ends;
        ``hangs`` says that it begins at the lower edge. ``aside`` keeps lines of one gap apart.
        """
        start, end = (self.column[each] for each in ends)
        into = self.x + self.left[end] - GAP / 2 - aside
        low = self.below[ends[0]] + GAP / 2 + aside
        to_y = target.center[1]
        last = [(into, low), (into, to_y), (target.x, to_y)]
        if hangs:
            x = source.center[0]
            return [(x, source.bottom), (x, low), *last]
        out, from_y = self.x + self.right[start] + GAP / 2 + aside, source.center[1]
        if end == start + 1:
            return [(source.right, from_y), (out, from_y), (out, to_y), (target.x, to_y)]
        return [(source.right, from_y), (out, from_y), (out, low), *last]
