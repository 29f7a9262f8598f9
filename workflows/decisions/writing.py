"""Small changes to the XML of a decision file: elements put in beside others, texts, free ids."""

import re
from collections.abc import Sequence

from lxml import etree

from workflows.decisions.xml import Element, child, local_name, namespace


def put_text(cell: Element, text: str) -> None:
    """Let the text of a cell read so."""
    inner = child(cell, "text")
    if inner is None:
        inner = element_near(cell, "text", "")
        cell.append(inner)
    for part in list(inner):
        inner.remove(part)
    inner.text = text


def element_near(near: Element, name: str, identifier: str) -> Element:
    """A new element of the same namespace as one beside it; without an id if it is empty."""
    element = etree.Element(f"{{{namespace(near)}}}{name}")
    if identifier:
        element.set("id", identifier)
    return element


def insert_after(parent: Element, before: Sequence[Element], element: Element) -> None:
    """Behind the last of ``before``, else behind a description, else first."""
    if before:
        last = before[-1]
        element.tail, place = last.tail, parent.index(last) + 1
    else:
        place = 1 if len(parent) and local_name(parent[0]) == "description" else 0
    parent.insert(place, element)


def ids(root: Element) -> set[str]:
    """Every id of a file."""
    return {element.get("id") or "" for element in root.iter()}


def free_id(wanted: str, taken: set[str]) -> str:
    """An id that nobody has, made from a wanted one; taken from now on."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", wanted)
    name = next(name for number in range(1, len(taken) + 2) if (name := f"{plain}_{number}") not in taken)
    taken.add(name)
    return name


def file_of(root: Element) -> bytes:
    """The file as it is stored."""
    body: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body.rstrip() + b"\n"
