"""What failed is tried again by the worker, less and less often, until only a person does."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from workflows import worker
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.domain.people import Group
from workflows.engine import definitions, runtime
from workflows.engine.bundle import Bundle
from workflows.engine.events import Event
from workflows.engine.incidents import LONGEST_REST, MOST_ATTEMPTS, Incident
from workflows.operators import ENGINE, catalogue

DIAGRAM = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="t"><process id="asking" isExecutable="true"><startEvent id="begin"/>
 <userTask id="ask" name="Fragen"><extensionElements><zeebe:assignmentDefinition candidateGroups="=team"/>
 </extensionElements></userTask><endEvent id="done"/><sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
 <sequenceFlow id="f2" sourceRef="ask" targetRef="done"/></process></definitions>"""


@dataclass
class Office:
    """A house in which a task is for a group that does not exist yet."""

    begin: Begin
    sessions: sessionmaker[Session]
    settings: Settings
    clock: SetClock

    def work_at(self, later: timedelta) -> None:
        self.clock.advance(later)
        worker.run_due(self.sessions, self.settings, self.clock)

    def found_group(self) -> None:
        with self.begin() as tx:
            tx.session.add(Group(key="group:late", name="Neue Gruppe"))

    @property
    def stuck(self) -> list[Incident]:
        with self.begin() as tx:
            return list(tx.session.scalars(select(Incident).where(Incident.resolved_at.is_(None))))


@pytest.fixture
def office(begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> Office:
    with begin() as tx:
        definitions.deploy(tx, Bundle("asking", {"asking.bpmn": DIAGRAM}), catalogue(tx))
    with begin() as tx:
        runtime.start(tx, ENGINE, "asking", {"team": "group:late"}, subject="")
    return Office(begin, sessions, settings, clock)


def test_the_worker_tries_again_after_a_rest_and_goes_on(office: Office) -> None:
    office.work_at(timedelta())
    assert [(each.code, each.attempts) for each in office.stuck] == [("unknown_group", 0)]
    for attempts, minutes in ((1, 1), (2, 2)):
        office.work_at(timedelta(minutes=minutes))
        assert [each.attempts for each in office.stuck] == [attempts]
    office.found_group()
    office.work_at(timedelta(minutes=4))
    assert office.stuck == []
    with office.begin() as tx:
        assert [each.kind for each in tx.session.scalars(select(Event))][-1] == "task.created"


def test_rests_grow_and_after_some_days_only_a_person_tries(office: Office) -> None:
    began, rests = office.clock.now(), []
    while (next_at := office.stuck[0].next_at) is not None:
        rests.append(next_at - office.clock.now())
        office.work_at(rests[-1])
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_REST
    assert timedelta(days=3) <= office.clock.now() - began <= timedelta(days=5)
    office.found_group()
    office.work_at(timedelta(days=30))
    (given_up,) = office.stuck
    assert given_up.attempts == MOST_ATTEMPTS
    with office.begin() as tx:
        runtime.retry(tx, ENGINE, given_up.id)
    assert office.stuck == []
