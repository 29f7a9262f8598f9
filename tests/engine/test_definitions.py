"""Deploying, numbering, patching, loading and retiring versions, on both databases."""

import json
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.engine.diagrams import STRAIGHT, bundle, form
from workflows.core import audit
from workflows.core.errors import Conflict, NotFound
from workflows.engine import definitions
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.definitions import Edition, Version
from workflows.engine.findings import BundleRefused

CATALOGUE = Catalogue(groups=frozenset({"group:coordination"}))
OTHER_FORM = {"answer.form": form("answer", {"type": "textarea", "key": "answer", "label": "Antwort"})}
ENGLISH = {
    "translations/en.json": json.dumps(
        {"Antworten": {"text": "Answer", "reviewed": True}, "Antwort": {"text": "Your answer"}}
    ).encode()
}


def deployed(begin: Begin, what: Bundle) -> tuple[int, int, int]:
    """Version id, number and patch after deploying."""
    with begin() as tx:
        version = definitions.deploy(tx, what, CATALOGUE)
        return version.id, version.number, version.patch


def test_deploying_twice_changes_nothing(begin: Begin) -> None:
    first = deployed(begin, bundle())
    assert deployed(begin, bundle()) == first
    with begin() as tx:
        assert len(tx.session.scalars(select(Edition)).all()) == 1
        assert [entry.event for entry in audit.entries(tx.session, stream="system")] == ["bundle.deployed"]


def test_changed_logic_is_the_next_version_and_running_ones_keep_theirs(begin: Begin) -> None:
    old, number, _ = deployed(begin, bundle())
    new, next_number, patch = deployed(begin, bundle(OTHER_FORM))
    assert (next_number, patch) == (number + 1, 0)
    with begin() as tx:
        assert definitions.active(tx.session, "sample").version_id == new
        assert definitions.load(tx.session, old).form("answer").fields[0].kind == "textfield"
        assert definitions.load(tx.session, new).form("answer").fields[0].kind == "textarea"


def test_changed_texts_are_a_patch_that_running_cases_take_at_once(begin: Begin) -> None:
    version, number, _ = deployed(begin, bundle())
    with begin() as tx:
        assert definitions.load(tx.session, version).element_name("ask", "en") == "Antworten"
    assert deployed(begin, bundle(ENGLISH)) == (version, number, 1)
    with begin() as tx:
        definition = definitions.load(tx.session, version)
        assert definition.element_name("ask", "en") == "Answer"
        assert definition.translate("Antwort", "en") == "Your answer"
        assert not definition.translations["en"]["Antwort"].reviewed


def test_a_bundle_with_errors_is_refused_and_leaves_no_trace(begin: Begin) -> None:
    broken = bundle({"answer.form": b"{"})
    with pytest.raises(BundleRefused) as caught, begin() as tx:
        definitions.deploy(tx, broken, CATALOGUE)
    assert {finding.severity for finding in caught.value.findings} >= {"error"}
    with begin() as tx:
        assert definitions.keys(tx.session) == frozenset()


def test_retired_versions_start_nothing_and_can_still_be_loaded(begin: Begin) -> None:
    version, _, _ = deployed(begin, bundle())
    with begin() as tx:
        definitions.retire(tx, version)
    with begin() as tx, pytest.raises(NotFound):
        definitions.active(tx.session, "sample")
    with begin() as tx, pytest.raises(Conflict):
        definitions.retire(tx, version)
    with begin() as tx:
        assert definitions.load(tx.session, version).key == "sample"


def test_loading_parses_once(begin: Begin) -> None:
    version, _, _ = deployed(begin, bundle())
    with begin() as tx:
        assert definitions.load(tx.session, version) is definitions.active(tx.session, "sample")
    with begin() as tx, pytest.raises(NotFound):
        definitions.load(tx.session, version + 1)


def test_texts_fall_back_to_plain_german_then_german(begin: Begin) -> None:
    texts = {
        "texts/receipt.de.txt": "Betreff: Eingangsbestätigung\n\nGuten Tag".encode(),
        "texts/receipt.de_simple.txt": b"Betreff: Angekommen\n\nHallo",
        "texts/note.de.txt": b"Betreff: Notiz\n\nText",
    }
    version, _, _ = deployed(begin, bundle(texts))
    with begin() as tx:
        definition = definitions.load(tx.session, version)
        assert definition.text("receipt", "de").startswith("Betreff: Eingang")
        assert definition.text("receipt", "tr").startswith("Betreff: Angekommen")
        assert definition.text("note", "tr").startswith("Betreff: Notiz")
        with pytest.raises(NotFound):
            definition.text("nothing", "de")


def test_two_deployments_at_once_make_one_version(begin: Begin, sessions: sessionmaker[Session]) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            deployed(begin, bundle())
        except BaseException as error:  # noqa: BLE001 - whatever a thread dies of must reach the test
            failures.append(error)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with sessions() as session:
        assert len(session.scalars(select(Version)).all()) == 1


def test_the_diagram_comes_back_as_it_was(begin: Begin) -> None:
    version, _, _ = deployed(begin, bundle())
    with begin() as tx:
        definition = definitions.load(tx.session, version)
    assert definition.diagram == bundle(inside=STRAIGHT).files["sample.bpmn"]
    assert definition.name == "Probe"
