"""The pages on which a process owner sees what a change means for running cases, moves them and takes it back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from workflows import worker
from workflows.actions import migrations
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.engine import bundle as bundles
from workflows.engine import definitions
from workflows.engine.bundle import Bundle
from workflows.engine.tasks import Task
from workflows.operators import catalogue

IMPACT = "/workshop/processes/enquiry/impact"
BUNDLES = Path(__file__).parents[2] / "bpmn"
RENAMED = {
    b'id="triage"': b'id="sight"',
    b">triage<": b">sight<",
    b'sourceRef="triage"': b'sourceRef="sight"',
    b'targetRef="triage"': b'targetRef="sight"',
    b'attachedToRef="triage"': b'attachedToRef="sight"',
    b'value="triage"': b'value="sight"',
    b'bpmnElement="triage"': b'bpmnElement="sight"',
    b'<zeebe:formDefinition formId="triage"/>': b'<zeebe:formDefinition formId="triage"/>'
    b'<zeebe:priorityDefinition priority="80"/>',
}

Work = Callable[[], None]


@pytest.fixture
def work(sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> Work:
    """Lets the worker do what is due."""
    return lambda: worker.run_due(sessions, settings, clock, DemoTransport()) and None


@pytest.fixture
def owner(begin: Begin, enquiry: Enquired, work: Work, signed_in: Callable[[str], Browser]) -> Browser:
    """A process owner; an enquiry waits at its first step, which version 2 calls otherwise inside."""
    work()
    held = bundles.read(BUNDLES / "enquiry")
    diagram = held.files[held.diagram]
    for before, after in RENAMED.items():
        diagram = diagram.replace(before, after)
    with begin() as tx:
        definitions.deploy(tx, Bundle(held.key, {**held.files, held.diagram: diagram}), catalogue(tx))
    return signed_in("process_owner")


def words(page: str) -> str:
    """What is read on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_says_for_each_case_how_it_goes_on(owner: Browser, enquiry: Enquired) -> None:
    page = owner.get(IMPACT)
    assert page.status_code == 200
    assert "Wird umgestellt (1)" in words(page.text)
    assert enquiry.reference in page.text
    assert "„Anfrage sichten“" in page.text
    assert "richtet sich nach der neuen Fassung: Dringlichkeit. Was jemand von Hand gesetzt hat, bleibt." in page.text
    assert "1 Vorgang umstellen" in page.text


def test_without_a_target_the_case_cannot_move_and_the_page_says_why(owner: Browser) -> None:
    page = owner.get(f"{IMPACT}?to=2&names=1&name-triage=")
    read = words(page.text)
    assert "Kann nicht umgestellt werden (1)" in read
    assert "Der Vorgang wartet bei „Anfrage sichten“, und diesen Schritt gibt es nicht mehr." in read
    assert 'name="name-triage"' in page.text
    assert "Vorgang umstellen" not in read


def test_moving_watching_and_taking_back(owner: Browser, work: Work, begin: Begin) -> None:
    begun = owner.post(IMPACT, {"to": "2", "names": "1", "name-triage": "sight"})
    assert begun.status_code == 302
    assert "0 von 1 Vorgängen sind bearbeitet" in words(owner.get(begun.location).text)
    work()
    assert "1 Vorgang läuft jetzt mit der neuen Fassung." in words(owner.get(begun.location).text)
    with begin() as tx:
        assert tx.session.scalars(select(Task.element_id).where(Task.status == "open")).all() == ["sight"]
    assert owner.post(f"{begun.location}/undo").status_code == 302
    work()
    read = words(owner.get(begun.location).text)
    assert "Zurückgenommen" in read
    assert "Umstellung zurücknehmen" not in read
    with begin() as tx:
        assert tx.session.scalars(select(Task.element_id).where(Task.status == "open")).all() == ["triage"]
    assert "Umstellung vom" in words(owner.get(IMPACT).text)


def test_progress_moves_without_a_reload_until_it_is_done(owner: Browser, work: Work) -> None:
    job = owner.post(IMPACT, {"to": "2", "names": "1", "name-triage": "sight"}).location
    page = owner.get(job).text
    assert f'data-live="{job}/state"' in page
    assert "Stand neu laden" in page  # for who has no script
    assert 'role="status"' in page
    (etag,) = re.findall(r'data-etag="&#34;(\w+)&#34;"', page)
    unchanged = owner.get(f"{job}/state", headers={"If-None-Match": f'"{etag}"'})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert "data-live-done" not in owner.get(f"{job}/state").text
    work()
    moved = owner.get(f"{job}/state", headers={"If-None-Match": f'"{etag}"'})
    assert moved.status_code == 200
    assert "data-live-done" in moved.text
    assert "Die Umstellung ist fertig." in moved.text
    assert "1 Vorgang läuft jetzt mit der neuen Fassung." in words(moved.text)
    assert "data-live=" not in owner.get(job).text


def test_twice_is_said_kindly_and_does_nothing_twice(owner: Browser, work: Work) -> None:
    begun = owner.post(IMPACT, {"to": "2"})
    assert owner.post(IMPACT, {"to": "2"}).status_code == 409
    work()
    assert owner.post(f"{begun.location}/close").status_code == 302
    assert owner.post(f"{begun.location}/undo").status_code == 409


def test_a_draft_is_held_against_the_running_cases_before_it_is_published(owner: Browser, enquiry: Enquired) -> None:
    draft = owner.post("/workshop/processes/enquiry/drafts").location
    page = owner.get(f"{draft}/impact")
    assert page.status_code == 200
    assert enquiry.reference in page.text
    assert "Vorgang umstellen" not in page.text


def test_cases_of_the_live_version_take_other_words_at_once_and_need_no_move(
    owner: Browser, work: Work, begin: Begin, enquiry: Enquired
) -> None:
    owner.post(IMPACT, {"to": "2"})
    work()
    draft = owner.post("/workshop/processes/enquiry/drafts").location
    page = owner.get(f"{draft}/impact").text
    assert "Nur Wörter ändern sich" in page
    assert enquiry.reference not in page
    held = bundles.read(BUNDLES / "enquiry")
    with begin() as tx:
        told = migrations.preview(tx, "enquiry", held)
    assert (told.is_words, [row.reference for row in told.rows]) == (False, [enquiry.reference])


@pytest.mark.parametrize(
    "address", [f"{IMPACT}?to=99", f"{IMPACT}?to=x", "/workshop/jobs/99", "/workshop/drafts/9/impact"]
)
def test_what_is_not_there_is_not_found(owner: Browser, address: str) -> None:
    assert owner.get(address).status_code == (200 if address.endswith("x") else 404)
