"""What the demonstration's process owners work on: a version that was published, its cases, a draft, a proposal."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select

from workflows.actions import migrations, publishing, workshop
from workflows.core.tx import SYSTEM, Actor, Tx
from workflows.domain import people
from workflows.engine.drafts import Draft

Begin = Callable[[Actor], AbstractContextManager[Tx]]

READ = ('name="Neue Nachricht lesen"', 'name="Nachricht lesen"')
ANSWER = ('name="Nachricht lesen"', 'name="Nachricht lesen und beantworten"')
FITTING = ('label="Welche Programme passen"', 'label="Welches Programm passt"')
TRIAGE = ('name="Anfrage sichten"', 'name="Anfrage ansehen und einordnen"')


def arrange(begin: Begin, owner: str, second: str) -> None:
    """Let two process owners work; nothing happens where somebody has begun a draft."""
    with begin(SYSTEM) as tx:
        if tx.session.scalar(select(Draft.id).limit(1)) is not None:
            return
        first, other = _actor(tx, owner), _actor(tx, second)
    asked = _propose(begin, first, READ, "Kürzer")
    with begin(other) as mine:
        publishing.approve(mine, asked, "Einverstanden")
    with begin(first) as mine:
        migrations.begin(mine, "message", migrations.live(mine, "message"))
    _propose(begin, first, ANSWER, "Sagt auch, dass man antworten kann")
    with begin(first) as mine:
        draft = workshop.begin(mine, "enquiry")
        _replace(mine, draft.id, "enquiry.bpmn", TRIAGE)
    with begin(other) as mine:
        draft = workshop.begin(mine, "funding")
        _replace(mine, draft.id, "programmes.dmn", FITTING)


def _actor(tx: Tx, email: str) -> Actor:
    user = people.find_by_email(tx.session, email)
    assert user is not None
    return people.actor(tx.session, user)


def _propose(begin: Begin, owner: Actor, words: tuple[str, str], comment: str) -> int:
    with begin(owner) as tx:
        draft_id = workshop.begin(tx, "message").id
        _replace(tx, draft_id, "message.bpmn", words)
    with begin(owner) as tx:
        return publishing.submit(tx, draft_id, comment, None).id


def _replace(tx: Tx, draft_id: int, path: str, words: tuple[str, str]) -> None:
    before, after = (word.encode() for word in words)
    workshop.save(tx, draft_id, {path: workshop.files(tx, draft_id)[path].data.replace(before, after)})
