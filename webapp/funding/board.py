"""What a jury decides on: its pots with the applications in rank, and one application with all it says."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.access import view
from webapp.cases import processes
from webapp.files import shown as files_of
from workflows import policy
from workflows.actions import board as boards
from workflows.actions.board import Sheet
from workflows.core.tx import Tx

board = Blueprint("board", __name__)


@view(board, "/jury", who=policy.BOARD_READ)
def pots(tx: Tx) -> ResponseReturnValue:
    """All applications before the juries of whoever looks."""
    return render_template("funding/board.html", pots=boards.read(tx))


@view(board, "/jury/<int:application_id>", who=policy.BOARD_READ)
def application(tx: Tx, application_id: int) -> ResponseReturnValue:
    """One application."""
    sheet = boards.sheet(tx, application_id)
    return render_template("funding/application.html", sheet=sheet, **_page(tx, sheet))


def _page(tx: Tx, sheet: Sheet) -> Mapping[str, Any]:
    case_id = sheet.candidate.application.case_id
    return {
        "sections": processes.sections(tx, *sheet.process, without=sheet.internal_forms) if sheet.process else [],
        "files": files_of.for_office(sheet.files, case_id, can_work=False),
        "sees_case": policy.may(tx.actor, policy.CASE_READ),
    }
