"""Which names of the caller an expression reads, which functions it calls, and how large it is."""

from collections.abc import Collection, Iterator, Sequence

from workflows.feel import syntax


def free_names(node: syntax.Node, known: Collection[str] = ()) -> frozenset[str]:
    """Give the names an expression reads from outside.

    Inside a filter a name may be an entry of the filtered items, which only the data can tell; there only the
    `known` names count.
    """
    return frozenset(each.name for each in _free(node, frozenset(), frozenset(known), filtered=False))


def free_places(node: syntax.Node, name: str) -> list[int]:
    """Give the positions in the source where an expression reads a name from outside."""
    found = _free(node, frozenset(), frozenset({name}), filtered=False)
    return [each.position for each in found if each.name == name]


def hidden_names(node: object) -> frozenset[str]:
    """Give the entries of contexts that a later entry reads: there a variable of the same name is out of sight."""
    found: frozenset[str] = frozenset()
    if isinstance(node, syntax.ContextOf):
        earlier: frozenset[str] = frozenset()
        for name, entry, _ in node.entries:
            found |= earlier & free_names(entry, earlier)
            earlier |= {name}
    for child in children(node):
        found |= hidden_names(child)
    return found


def called_names(node: object) -> frozenset[str]:
    """Give the names an expression calls as functions, wherever they come from."""
    found, waiting = set(), [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, syntax.Call) and isinstance(part.function, syntax.Name):
            found.add(part.function.name)
        waiting.extend(children(part))
    return frozenset(found)


def unknown_calls(node: syntax.Node, offered: Collection[str]) -> frozenset[str]:
    """Give the names an expression calls as functions and takes from outside, where nobody offers them."""
    called = called_names(node) - frozenset(offered)
    return called & free_names(node, called)


def size(node: object) -> int:
    """Count the nodes of a tree, however deep it is."""
    found, waiting = 0, [node]
    while waiting:
        part = waiting.pop()
        found += isinstance(part, syntax.Node)
        waiting.extend(children(part))
    return found


def _free(node: object, bound: frozenset[str], known: frozenset[str], *, filtered: bool) -> Iterator[syntax.Name]:
    if isinstance(node, syntax.Name):
        if node.name not in bound and (not filtered or node.name in known):
            yield node
    elif isinstance(node, syntax.Filter):
        yield from _free(node.base, bound, known, filtered=filtered)
        yield from _free(node.condition, bound | {"item"}, known, filtered=True)
    elif isinstance(node, syntax.ContextOf):
        for name, entry, _ in node.entries:
            yield from _free(entry, bound, known, filtered=filtered)
            bound = bound | {name}
        yield from _free(node.result, bound, known, filtered=filtered)
    elif isinstance(node, syntax.For | syntax.Quantified):
        bound = bound | {"partial"} if isinstance(node, syntax.For) else bound
        for iterator in node.iterators:
            yield from _free(iterator.domain, bound, known, filtered=filtered)
            yield from _free(iterator.end, bound, known, filtered=filtered)
            bound = bound | {iterator.name}
        yield from _free(node.body if isinstance(node, syntax.For) else node.condition, bound, known, filtered=filtered)
    elif isinstance(node, syntax.Function):
        yield from _free(node.body, bound | {name for name, _ in node.parameters}, known, filtered=filtered)
    else:
        for child in children(node):
            if not isinstance(child, syntax.Literal):
                yield from _free(child, bound, known, filtered=filtered)


def children(node: object) -> Sequence[object]:
    """Give what a node is made of: nodes, and tuples that may hold nodes."""
    if isinstance(node, tuple):
        return node
    if not isinstance(node, syntax.Node):
        return ()
    found: list[object] = []
    for name in _parts(type(node)):
        part = getattr(node, name)
        if isinstance(part, syntax.Node | tuple):
            found.append(part)
    return found


_PARTS: dict[type, tuple[str, ...]] = {syntax.Literal: ()}


def _parts(kind: type[syntax.Node]) -> tuple[str, ...]:
    """Where a kind of node may hold others; large tables ask this of many thousands."""
    found = _PARTS.get(kind)
    if found is None:
        fields = kind.__dataclass_fields__.items()
        found = _PARTS[kind] = tuple(name for name, field in fields if field.type not in (str, int, bool))
    return found
