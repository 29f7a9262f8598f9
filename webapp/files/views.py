"""Files of a case: add, download, share with the association or keep inside."""

import io

from flask import Blueprint, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access import view
from webapp.files import adding
from workflows import policy
from workflows.actions import attachments
from workflows.core.tx import Tx

files = Blueprint("files", __name__)


@view(files, "/files/<key>", who=policy.FILE_READ)
def download(tx: Tx, key: str) -> ResponseReturnValue:
    """The file, to keep and never to show: what people upload is not rendered in this house."""
    return sent(tx, key)


def sent(tx: Tx, key: str) -> ResponseReturnValue:
    """A file the actor may see, as an attachment under the name its sender gave it; raises ``NotFound``."""
    file = attachments.find(tx, key)
    content = io.BytesIO(attachments.content(tx, file))
    return send_file(content, file.media_type, as_attachment=True, download_name=file.name, etag=False)


@view(files, "/cases/<int:case_id>/files", who=policy.CASE_WORK, methods=("POST",))
def add(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Add files to a case, internal unless the box is ticked."""
    is_shared = request.form.get("shared") == "true"
    adding.add(request.files.getlist("files"), lambda file: attachments.attach(tx, case_id, file, is_shared))
    return redirect(url_for("cases.detail", case_id=case_id))


@view(files, "/cases/<int:case_id>/files/<key>/share", who=policy.CASE_WORK, methods=("POST",))
def share(tx: Tx, case_id: int, key: str) -> ResponseReturnValue:
    """Show a file to the association, or keep it inside."""
    attachments.share(tx, case_id, key, request.form.get("shared") == "true")
    return redirect(url_for("cases.detail", case_id=case_id))
