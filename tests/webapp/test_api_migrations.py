"""Programs of a process owner look at the impact of a version and move running cases."""

from typing import Any

from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp.test_api import Program, instance, program, programs  # noqa: F401
from workflows.engine import bundle as bundles
from workflows.engine import definitions
from workflows.engine.bundle import Bundle
from workflows.engine.definitions import Edition, Version
from workflows.operators import catalogue


def second_version(begin: Begin) -> None:
    """The sample process with its step called otherwise."""
    with begin() as tx:
        held = bundles.read(
            tx.session.scalars(select(Edition.files).join(Version).where(Version.process_key == "sample")).one()
        )
        diagram = held.files[held.diagram].replace(b'"Antworten"', b'"Anders antworten"')
        assert diagram != held.files[held.diagram]
        definitions.deploy(tx, Bundle(held.key, {**held.files, held.diagram: diagram}), catalogue(tx))


def test_impact_and_migration_by_program(programs: Any, instance: Any, begin: Begin) -> None:  # noqa: F811
    owner: Program = programs("process_owner")
    assert owner.get("/processes/sample/impact")["items"] == []
    second_version(begin)
    told = owner.get("/processes/sample/impact?to=2")
    assert (told["number"], told["counts"]) == (2, {"move": 1})
    (row,) = told["items"]
    assert (row["instance_id"], row["waits_at"], row["verdict"]) == (instance["id"], ["Antworten"], "move")
    job = owner.post("/processes/sample/migrations", {"to": 2}, 201)
    assert (job["counts"], job["left"]) == ({"planned": 1}, 1)
    assert owner.get(f"/migrations/{job['id']}") == job
    owner.post("/processes/sample/migrations", {"to": 2}, 409)


def test_bad_calls_are_told_apart(programs: Any, instance: Any, program: Program) -> None:  # noqa: F811
    owner: Program = programs("process_owner")
    assert owner.call("GET", "/processes/sample/impact?to=x").status_code == 422
    assert owner.call("GET", "/processes/sample/impact?to=9").status_code == 404
    assert owner.call("GET", "/processes/nowhere/impact").status_code == 404
    owner.post("/processes/sample/migrations", {"to": 1, "names": {"a": 1}}, 422)
    owner.post("/processes/sample/migrations", {"to": 10**30}, 422)
    assert program.call("GET", "/processes/sample/impact").status_code == 403
    program.post("/processes/sample/migrations", {"to": 1}, 403)
    assert program.call("GET", "/migrations/1").status_code == 403
