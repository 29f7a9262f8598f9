"""Asking the database what a stored list of texts holds, on SQLite and PostgreSQL alike."""

from typing import Any

from sqlalchemy import Boolean, LargeBinary, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from workflows.core import typed_json


class _Holds(FunctionElement[bool]):
    """Whether the bytes of the second column occur in those of the first."""

    name = "holds"
    inherit_cache = True
    type = Boolean()


def holds_text(column: InstrumentedAttribute[Any], text: str) -> FunctionElement[bool]:
    """Whether the list in a ``TypedJson`` column has ``text`` among its entries; meant for keys of code lists."""
    return _Holds(column, literal(typed_json.dumps(text), LargeBinary))


@compiles(_Holds, "sqlite")
def _sqlite(element: _Holds, compiler: SQLCompiler, **more: Any) -> str:
    where, what = (compiler.process(clause, **more) for clause in element.clauses)
    return f"instr({where}, {what}) > 0"


@compiles(_Holds, "postgresql")
def _postgresql(element: _Holds, compiler: SQLCompiler, **more: Any) -> str:
    where, what = (compiler.process(clause, **more) for clause in element.clauses)
    return f"position({what} IN {where}) > 0"
