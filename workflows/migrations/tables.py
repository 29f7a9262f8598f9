"""Every table of the house on one metadata, found by importing every module that may hold one.

A new table cannot be forgotten here, and the migrations compare the database with exactly this.
"""

import importlib
import pkgutil

from sqlalchemy import MetaData

from workflows.core.db import Base

_ROOMS = ("workflows.core", "workflows.engine", "workflows.domain")


def metadata() -> MetaData:
    """The metadata with all tables on it."""
    for room in _ROOMS:
        for module in pkgutil.iter_modules(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(module.name)
    return Base.metadata
