"""The house around the engine."""

import pytest

from tests.conftest import Begin
from tests.engine.house import House
from workflows.core.clock import SetClock


@pytest.fixture
def house(begin: Begin, clock: SetClock) -> House:
    """An engine without operators on an empty database."""
    return House(begin, clock)
