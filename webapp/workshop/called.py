"""What elements and flows of a diagram are called where they stand without the drawing: nobody reads ids."""

from collections.abc import Mapping

from webapp.wording.states import CODES
from webapp.wording.trials import place_text
from webapp.workshop import operator_words
from webapp.workshop.form_words import kind_name
from workflows.actions import workshop as kept
from workflows.actions.coverage import place
from workflows.engine.bundle import Bundle
from workflows.operators import OPERATORS


def names(*bundles: Bundle) -> Mapping[str, str]:
    """Every element, flow, lane and process by its id, as the last of the bundles that has it calls it.

    What the house does is there by the names that diagrams call it by.
    """
    found = {each.name: operator_words.word(each.label) for each in OPERATORS.values()}
    for parsed in filter(None, (kept.read(bundle).parsed for bundle in bundles)):
        found |= {each.id: each.name for each in parsed.lanes.values() if each.name}
        found |= {each.id: each.name for each in parsed.processes.values() if each.name}
        found |= {key: place_text(place(parsed, element)) for key, element in parsed.elements.items()}
        for key, flow in parsed.flows.items():
            ends = (found.get(each, each) for each in (flow.source, flow.target))
            found[key] = flow.name or " → ".join(ends)
    return found


def kind(of: str) -> str:
    """What an element of a diagram or a field of a form is."""
    words = CODES["element_kind"].get(of)
    return kind_name(of) if words is None else str(words)
