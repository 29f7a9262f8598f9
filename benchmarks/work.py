"""The work that is measured: one request from its start to its end, three tasks of five fields each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

BUNDLES = Path(__file__).parent / "bundle"
KEY = "request"
TURNING = "turning"

VALUES: tuple[Mapping[str, Any], ...] = (
    {
        "topic": "rooms",
        "amount": 1200,
        "urgent": True,
        "needed_on": "2026-12-01",
        "summary": "Ein Raum für den Elternabend, etwa dreißig Personen, mit Küche.",
    },
    {
        "answer": "accepted",
        "contact": "Empfang im Rathaus",
        "granted": 1200,
        "available_on": "2026-12-01",
        "message": "Der Saal im Erdgeschoss ist frei, der Schlüssel liegt am Empfang.",
    },
    {
        "outcome": "helped",
        "hours": 3,
        "satisfied": True,
        "closed_on": "2026-12-02",
        "remark": "Der Abend hat stattgefunden, alle waren zufrieden.",
    },
)
ROUND: Mapping[str, Any] = {"more": True, "note": "Runde", "count": 7, "at": "2026-12-01", "text": "Noch eine Runde."}
