"""The built-in functions of FEEL (DMN 1.5 § 10.3.4), by theme; importing a theme registers its functions."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.feel.builtins import clock, contexts, conversion, lists, numbers, ranges, statistics, strings
from workflows.feel.builtins.registry import FUNCTIONS
from workflows.feel.values import FeelFunction

THEMES = (clock, contexts, conversion, lists, numbers, ranges, statistics, strings)
BUILTINS: Mapping[str, FeelFunction] = MappingProxyType(FUNCTIONS)
