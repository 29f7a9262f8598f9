"""A release whose operators changed refuses to take over while live versions name what is gone."""

import io
import zipfile

from sqlalchemy import select

from tests.conftest import Begin
from workflows.actions import upgrades
from workflows.engine import definitions, runtime
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue, Operator
from workflows.engine.checks import check
from workflows.engine.definitions import Version
from workflows.operators import ENGINE, catalogue

DIAGRAM = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="t"><process id="%s" isExecutable="true"><startEvent id="begin"/>
 <serviceTask id="it"><extensionElements><zeebe:taskDefinition type="%s"/></extensionElements></serviceTask>
 <endEvent id="done"/><sequenceFlow id="f1" sourceRef="begin" targetRef="it"/>
 <sequenceFlow id="f2" sourceRef="it" targetRef="done"/></process></definitions>"""
#: What an earlier release offered and this one does not.
EARLIER = Catalogue({"case.fax": Operator("case.fax", "Fax", (), lambda tx, call: None)})


def deployed(begin: Begin, key: str, operator: str, known: Catalogue) -> int:
    with begin() as tx:
        bundle = Bundle(key, {f"{key}.bpmn": DIAGRAM % (key.encode(), operator.encode())})
        return definitions.deploy(tx, bundle, known).id


def zipped(files: dict[str, bytes]) -> bytes:
    """A bundle as it is stored."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stored.getvalue()


def unfit(begin: Begin) -> list[tuple[str, int, list[str]]]:
    with begin() as tx:
        return [
            (each.process_key, each.number, [finding.code for finding in each.findings])
            for each in upgrades.unfit_versions(tx)
        ]


def test_live_versions_that_name_a_lost_operator_are_listed_until_they_are_retired_and_done(begin: Begin) -> None:
    deployed(begin, "kept", "case.reopen", Catalogue(ENGINE.operators))
    version = deployed(begin, "lost", "case.fax", EARLIER)
    assert unfit(begin) == [("lost", 1, ["unknown_operator"])]
    with begin() as tx:
        instance = runtime.start(tx, ENGINE, "lost", {}, subject="").id
    with begin() as tx:
        definitions.retire(tx, version)
    assert unfit(begin) == [("lost", 1, ["unknown_operator"])]
    with begin() as tx:
        runtime.terminate(tx, ENGINE, instance, "no fax any more")
    assert unfit(begin) == []


def test_a_damaged_version_is_listed_and_raises_nothing(begin: Begin) -> None:
    version = deployed(begin, "kept", "case.reopen", Catalogue(ENGINE.operators))
    broken = zipped({"note.txt": b"no diagram"})
    with begin() as tx:
        tx.session.query(definitions.Edition).filter_by(version_id=version).update({"files": broken})
        assert tx.session.get_one(Version, version).status == "active"
    assert unfit(begin) == [("kept", 1, ["no_diagram"])]
    with begin() as tx:  # a patch of its texts has replaced it
        old = tx.session.scalars(select(definitions.Edition)).one()
        whole = zipped({"kept.bpmn": DIAGRAM % (b"kept", b"case.reopen")})
        more = {"deployed_at": old.deployed_at, "deployed_by": old.deployed_by, "sha256": "", "files": whole}
        tx.session.add(definitions.Edition(version_id=version, patch=1, **more))
        tx.session.get_one(Version, version).patch = 1
    assert unfit(begin) == []


def test_what_was_published_with_errors_of_its_own_goes_on(begin: Begin) -> None:
    """A stricter check is no reason to refuse a release: the process does what it did before."""
    diagram = DIAGRAM % (b"message", b"case.share_note")
    read = b'<zeebe:ioMapping><zeebe:input source="=words" target="text"/></zeebe:ioMapping></extensionElements>'
    files = {"message.bpmn": diagram.replace(b"</extensionElements>", read)}
    with begin() as tx:
        definitions.deploy(tx, Bundle("message", files), Catalogue(ENGINE.operators))
        told = check(Bundle("message", files), catalogue(tx))
    assert [(each.severity, each.code) for each in told] == [("error", "never_written")]
    assert unfit(begin) == []
