"""The dialect: a subset of the Camunda 8 form of BPMN 2.0 (``zeebe:`` extensions, FEEL), read into data and specs."""

from workflows.engine.dialect.model import (
    ACTIVITIES,
    EVENTS,
    GATEWAYS,
    KINDS,
    Assign,
    Assignment,
    DialectError,
    Element,
    Flow,
    Lane,
    Loop,
    ParsedProcess,
    Process,
    Refusal,
    Trigger,
)
from workflows.engine.dialect.reading import parse

__all__ = [
    "ACTIVITIES",
    "EVENTS",
    "GATEWAYS",
    "KINDS",
    "Assign",
    "Assignment",
    "DialectError",
    "Element",
    "Flow",
    "Lane",
    "Loop",
    "ParsedProcess",
    "Process",
    "Refusal",
    "Trigger",
    "parse",
]
