"""Diagrams of other tools brought into the dialect on import: exact counterparts are written, each change reported.

What cannot be translated stays as it is, so that the check names it.
"""

from workflows.engine.normalise.normalising import Normalised, normalise

__all__ = ["Normalised", "normalise"]
