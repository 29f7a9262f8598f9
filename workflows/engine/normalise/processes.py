"""Which process of a file is the one that runs, and what it is called."""

import re
from collections.abc import Iterator

from workflows.engine.dialect.nodes import NODE_KINDS
from workflows.engine.dialect.xml import BPMN, Node, local
from workflows.engine.normalise.changes import Change

#: Attributes and elements that name a process.
_REFERRING = ("processRef", "calledElement", "bpmnElement")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")


def settle_processes(root: Node, key: str | None) -> Iterator[Change]:
    """Mark the process that runs and those it calls as executable, the others as drawing; name it like its bundle.

    ``key`` is the bundle's name, None for a file that only holds called processes. Where nothing tells which of
    several processes is meant, nothing is changed.
    """
    found = list(root.iterchildren(BPMN + "process"))
    main = _main(found, key) if key is not None else None
    if key is not None and main is None:
        return
    called = {node.get("calledElement") for node in root.iter(BPMN + "callActivity")}
    called |= {node.get("processId") for node in root.iter("{*}calledElement")}
    for process in found:
        identity = process.get("id") or ""
        if process is main or identity in called:
            if process.get("isExecutable") != "true":
                process.set("isExecutable", "true")
                yield Change(identity, "made_executable")
        elif main is not None and process.get("isExecutable") is None and _nodes(process):
            process.set("isExecutable", "false")
            yield Change(identity, "made_drawing")
    if main is not None and key is not None and main.get("id") != key and _KEY.fullmatch(key):
        yield _rename(root, main, key)


def _main(found: list[Node], key: str | None) -> Node | None:
    """The process named like the bundle, else the only executable one, else the only one with anything in it."""
    named = [process for process in found if process.get("id") == key]
    executable = [process for process in found if process.get("isExecutable") == "true"]
    filled = [process for process in found if _nodes(process)]
    for candidates in (named, executable, filled):
        if candidates:
            return candidates[0] if len(candidates) == 1 else None
    return None


def _nodes(process: Node) -> bool:
    return any(local(child) in NODE_KINDS or local(child) == "task" for child in process)


def _rename(root: Node, main: Node, key: str) -> Change:
    old = main.get("id") or ""
    main.set("id", key)
    for node in root.iter():
        for name in _REFERRING:
            if old and isinstance(node.tag, str) and node.get(name) == old:
                node.set(name, key)
    return Change(key, "process_renamed", {"old": old, "new": key})
