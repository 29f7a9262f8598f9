"""The bundles the house comes with, read from their folders."""

from pathlib import Path

import pytest

from workflows.engine import bundle
from workflows.engine.content import Content, read_content
from workflows.engine.office_functions import OFFICE_FUNCTIONS

BUNDLES = Path(__file__).parents[2] / "bpmn"
KEYS = ("enquiry", "referral", "funding", "message")


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    """The key of each bundle."""
    return str(request.param)


@pytest.fixture
def folder(key: str) -> Path:
    """Where it lies."""
    return BUNDLES / key


@pytest.fixture
def content(folder: Path) -> Content:
    """What it says."""
    return read_content(bundle.read(folder), OFFICE_FUNCTIONS)
