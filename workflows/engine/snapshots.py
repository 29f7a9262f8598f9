"""Tokens to bytes and back: only what is alive, never specs, variables or history.

Format 1: ``{"v": 1, "t": tokens, "s": [[owner, process id, tokens], …]}``, a token being ``[id, index of its parent or
-1, state, spec name, own notes or null]``. A first byte tells whether it is plain JSON (``J``) or compressed (``Z``).
"""

from typing import Any
from uuid import UUID

import orjson
import zstandard

from workflows.core.errors import LotseError
from workflows.engine.dialect.model import ParsedProcess
from workflows.engine.dialect.specs import Host
from workflows.engine.tokens import AnyWorkflow, Subworkflow, Token, Workflow, find

FORMAT = 1
COMPRESS_FROM = 2_048
LARGEST = 64_000_000


class UnreadableState(LotseError):
    """A stored state that this release or this version of the process cannot continue."""


def dumps(top: Workflow) -> bytes:
    """The stored form of a running instance."""
    inner = [[owner.hex, each.spec.name, _rows(each)] for owner, each in top.subprocesses.items()]
    return pack(_rows(top), inner)


def pack(rows: list[list[Any]], inner: list[list[Any]]) -> bytes:
    """The stored form of token rows: those of the instance's own process, and of each process inside it."""
    plain = orjson.dumps({"v": FORMAT, "t": rows, "s": inner})
    if len(plain) < COMPRESS_FROM:
        return b"J" + plain
    return b"Z" + zstandard.ZstdCompressor().compress(plain)


def unpack(data: bytes) -> tuple[list[list[Any]], list[list[Any]]]:
    """What ``pack`` was given; raises ``UnreadableState``."""
    plain = zstandard.ZstdDecompressor().decompress(data[1:], LARGEST) if data[:1] == b"Z" else data[1:]
    stored = orjson.loads(plain)
    if stored["v"] != FORMAT:
        raise UnreadableState("state_format", format=stored["v"])
    return stored["t"], stored["s"]


def _rows(workflow: AnyWorkflow) -> list[list[Any]]:
    """Breadth first, so that a parent always comes before its children."""
    rows: list[list[Any]] = []
    positions = {workflow.task_tree.id: -1}
    queue = list(workflow.task_tree.children)
    for token in queue:
        positions[token.id] = len(rows)
        rows.append(
            [token.id.hex, positions[token._parent], token._state, token.task_spec.name, token.internal_data or None]
        )
        queue.extend(token.children)
    return rows


def loads(data: bytes, parsed: ParsedProcess, key: str, host: Host) -> Workflow:
    """The tokens of a stored instance; raises ``UnreadableState``."""
    outer, inside = unpack(data)
    top = Workflow(parsed.specs, key, host)
    _place(top, outer)
    # Outer processes were opened, and therefore stored, before the ones inside them.
    for owner, process, rows in inside:
        token = find(top, owner)
        if token is None or process not in parsed.specs:
            raise UnreadableState("state_process", process=process)
        _place(Subworkflow(token, process), rows)
    return top


def _place(workflow: AnyWorkflow, rows: list[list[Any]]) -> None:
    placed: list[Token] = []
    for identity, parent, state, name, notes in rows:
        spec = workflow.spec.task_specs.get(name)
        if spec is None:
            raise UnreadableState("state_element", element=name)
        above = workflow.task_tree if parent < 0 else placed[parent]
        token = Token(workflow, spec, above, state=state, id=UUID(hex=identity))
        token.internal_data = notes or {}
        placed.append(token)
