"""A house in which drawings get a second version."""

import pytest

from tests.conftest import Begin
from tests.engine.migration.changing import Changing
from workflows.core.clock import SetClock


@pytest.fixture
def house(begin: Begin, clock: SetClock) -> Changing:
    """An engine without operators on an empty database."""
    return Changing(begin, clock)
