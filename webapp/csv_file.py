"""Tables for spreadsheets: CSV whose cells can never be formulas (OWASP, CSV injection)."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

FORMULA = (*"=+-@\t\r\n|%", *"＝＋－＠")  # the last four are wide: some spreadsheets read them as the first


def safe_cell(value: object) -> str:
    """The text of a cell; what a spreadsheet would take for a formula is led by an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}").startswith(FORMULA) else text


def csv_answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A download that German spreadsheets open as it is: UTF-8 with mark, semicolons, CRLF."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([safe_cell(cell) for cell in row] for row in rows)
    answer = Response("\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
