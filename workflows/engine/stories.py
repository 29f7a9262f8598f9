"""Scenarios kept beside a process: stories a bundle is tried with; they are no part of a version (decision 4)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base
from workflows.core.tx import Tx


class Story(Base):
    """The newest published text of one scenario; ``path`` is that inside the bundle, ``scenarios/helps.yaml``."""

    __tablename__ = "story"

    process_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime]


def of_process(session: Session, key: str) -> dict[str, bytes]:
    """The scenarios of a process by path."""
    rows = session.execute(select(Story.path, Story.text).where(Story.process_key == key).order_by(Story.path))
    return dict(rows.tuples().all())


def keep(tx: Tx, key: str, texts: Mapping[str, bytes]) -> None:
    """Let exactly these be the scenarios of a process."""
    tx.session.execute(delete(Story).where(Story.process_key == key))
    tx.session.add_all(Story(process_key=key, path=path, text=text, kept_at=tx.now) for path, text in texts.items())
    tx.session.flush()
