"""Reading DMN files safely: no entities, no network, no document type, bounded size; all versions look alike."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lxml import etree

from workflows.core import xml_faults
from workflows.core.sizes import size_text
from workflows.decisions.errors import DecisionModelError

MOST_BYTES: Final = 5_000_000
NAMESPACES: Final = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
Element = etree._Element  # the only name lxml gives the type


def read_definitions(xml: bytes) -> Element:
    """Parse a DMN file to its root element; DecisionModelError says why it cannot be read."""
    if len(xml) > MOST_BYTES:
        raise DecisionModelError("too_large", most=size_text(MOST_BYTES))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise DecisionModelError("not_xml", **xml_faults.facts(problem)) from None
    if str(getattr(root.getroottree().docinfo, "doctype", "")):
        raise DecisionModelError("document_type")
    if local_name(root) != "definitions" or namespace(root) not in NAMESPACES:
        raise DecisionModelError("not_dmn", found=str(root.tag)[:200])
    return root


def namespace(element: Element) -> str:
    """Give the namespace of an element, empty without one."""
    return etree.QName(element).namespace or ""


def local_name(element: Element) -> str:
    """Give the name of an element without namespace; empty for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """Give the DMN children of certain names, or all of them; foreign elements are left out."""
    for child in element:
        name = _own_name(child.tag) if isinstance(child.tag, str) else None
        if name is not None and (not names or name in names):
            yield child


@lru_cache(1_000)
def _own_name(tag: str) -> str | None:
    """The name of an element of DMN, None for a foreign one; large tables ask this of many thousands of cells."""
    name = etree.QName(tag)
    return name.localname if name.namespace in NAMESPACES else None


def child(element: Element, *names: str) -> Element | None:
    """Give the first child of one of these names."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """Give the expression text inside an element: its `text` child (`description` for annotations), stripped."""
    inner = child(element, "text") if element is not None else None
    return "".join(str(part) for part in inner.itertext()).strip() if inner is not None else ""


def name_of(element: Element) -> str:
    """Give the name attribute with its white space normalised."""
    return " ".join((element.get("name") or "").split())


def title_of(element: Element) -> str:
    """What people call it: its label (DMN 1.5 §6.3.1), else the name by which expressions know it."""
    return " ".join((element.get("label") or "").split()) or name_of(element)
