"""The drawing of a graph of decisions (DMN 1.5 § 13): what is new gets a place, what is gone is not drawn any more."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from workflows.decisions.writing import file_of, free_id, ids
from workflows.decisions.xml import Element, children, local_name, name_of, namespace, read_definitions

DC: Final = "http://www.omg.org/spec/DMN/20180521/DC/"
DI: Final = "http://www.omg.org/spec/DMN/20180521/DI/"
WIDTH, HEIGHT, LEVEL, BESIDE, MOST_ABREAST = 180, 80, 160, 220, 6
SHOWN: Final = ("decision", "inputData", "businessKnowledgeModel", "knowledgeSource", "textAnnotation")
NEEDS: Final = ("informationRequirement", "knowledgeRequirement", "authorityRequirement")


def drawn(xml: bytes) -> bytes:
    """The file with a drawing of all of its elements; what has a place keeps it. Raises ``DecisionModelError``.

    Files of versions before DMN 1.3, whose drawings were another tool's own matter, stay as they are.
    """
    root = read_definitions(xml)
    if not namespace(root).endswith("/MODEL/") or "/2018" in namespace(root):
        return xml
    space = namespace(root).replace("/MODEL/", "/DMNDI/")
    every = {each.get("id") or name_of(each): each for each in children(root, *SHOWN)}
    plane = root.find(f".//{{{space}}}DMNDiagram")
    held = {} if plane is None else {each.get("dmnElementRef") or "": each for each in plane}
    edges = _edges(every)
    services = {each.get("id") for each in children(root, "decisionService", "association", "group")}
    gone = [each for key, each in held.items() if key and key not in {*every, *edges, *services} and ":" not in key]
    missing = [key for key in every if key not in held]
    lines = [key for key in edges if key and key not in held]
    if not (gone or missing or lines):
        return xml
    if plane is None:
        plane = _plane(root, space)
    for each in gone:
        plane.remove(each)
    places = {key: _place(each) for key, each in held.items() if key in every}
    places |= _laid_out(missing, edges, places)
    taken = ids(root)
    for key in missing:
        shape = etree.SubElement(plane, f"{{{space}}}DMNShape", id=free_id(f"{key}_shape", taken), dmnElementRef=key)
        x, y = places[key]
        etree.SubElement(shape, f"{{{DC}}}Bounds", height=str(HEIGHT), width=str(WIDTH), x=str(x), y=str(y))
    for key in lines:
        source, target = edges[key]
        edge = etree.SubElement(plane, f"{{{space}}}DMNEdge", id=free_id(f"{key}_edge", taken), dmnElementRef=key)
        ends = (places[source][0], places[source][1]), (places[target][0], places[target][1] + HEIGHT)
        for x, y in ends:
            etree.SubElement(edge, f"{{{DI}}}waypoint", x=str(x + WIDTH // 2), y=str(y))
    return file_of(root)


def _edges(every: Mapping[str, Element]) -> dict[str, tuple[str, str]]:
    """Each requirement by its id: what is needed, and who needs it."""
    return {
        requirement.get("id") or "": (target, key)
        for key, element in every.items()
        for requirement in children(element, *NEEDS)
        for reference in children(requirement)
        if (target := (reference.get("href") or "").removeprefix("#")) in every
    }


def _plane(root: Element, space: str) -> Element:
    holder = etree.SubElement(root, f"{{{space}}}DMNDI", nsmap={"dmndi": space, "dc": DC, "di": DI})
    return etree.SubElement(holder, f"{{{space}}}DMNDiagram", id=free_id("drawing", ids(root)))


def _place(shape: Element) -> tuple[int, int]:
    bounds = shape.find(f"{{{DC}}}Bounds")
    try:
        return (0, 0) if bounds is None else (int(float(bounds.get("x", "0"))), int(float(bounds.get("y", "0"))))
    except (ValueError, OverflowError):
        return 0, 0


def _laid_out(
    missing: list[str], edges: Mapping[str, tuple[str, str]], places: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Who is needed stands below who needs it; below all that has a place already."""
    level = dict.fromkeys(missing, 0)
    for _ in missing:  # a ring ends, too
        for source, target in edges.values():
            if source in level and target in level:
                level[source] = min(max(level[source], level[target] + 1), len(missing))
    top = max((y + LEVEL for _x, y in places.values()), default=80)
    found: dict[str, tuple[int, int]] = {}
    for depth in sorted(set(level.values())):
        row = [key for key in missing if level[key] == depth]
        for index, key in enumerate(row):
            found[key] = 100 + index % MOST_ABREAST * BESIDE, top + index // MOST_ABREAST * LEVEL
        top += (1 + (len(row) - 1) // MOST_ABREAST) * LEVEL
    return found


def is_drawable(xml: bytes) -> bool:
    """Whether a file is of a version whose drawings the drawing tool can show."""
    root = read_definitions(xml)
    return local_name(root) == "definitions" and namespace(root).endswith("/MODEL/") and "/2018" not in namespace(root)
