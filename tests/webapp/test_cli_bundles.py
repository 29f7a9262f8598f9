"""``lotse bundle``: a process taken out, changed as a file, compared, put in, and the running cases moved."""

import re
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from tests.prepared import first_contents
from webapp.cli import main
from webapp.cli.surroundings import as_system, as_user, settings_of
from workflows.actions import enquiries, migrations, publishing, workshop
from workflows.core import audit
from workflows.core.errors import NotAllowed
from workflows.core.tx import PUBLIC, Tx
from workflows.domain import people
from workflows.engine import drafts

ROOT = Path(__file__).parents[2]
ENQUIRY = {
    "choice": "rooms",
    "topics": ["rooms"],
    "text": "Wir suchen einen Raum.",
    "organisation_name": "Verein Brücke",
    "contact_name": "Amal Beispiel",
    "reach_by": "mail",
    "contact_email": "amal@verein.example",
    "consent_share": True,
}


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one enquiry under way, and the enquiry process as a folder with one step renamed."""
    for name in ("DATABASE_URL", "LOTSE_SMTP_HOST", "LOTSE_SEAL_MAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOTSE_INSTANCE", str(tmp_path / "instance"))
    assert main(["migrate"]) == 0
    with as_system(settings_of(Namespace())) as tx:
        first_contents(tx)
        enquiries.submit(Tx(tx.session, PUBLIC, tx.now, tx.settings), ENQUIRY, "de", "once")
    folder = tmp_path / "enquiry"
    shutil.copytree(ROOT / "bpmn" / "enquiry", folder)
    diagram = folder / "enquiry.bpmn"
    diagram.write_text(diagram.read_text("utf-8").replace("Anfrage sichten", "Anfrage lesen"), "utf-8")
    return folder


def test_a_process_goes_out_and_in_and_its_cases_follow(
    changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    original = str(ROOT / "bpmn" / "enquiry")
    assert main(["bundle", "check", str(changed)]) == 0
    assert main(["bundle", "diff", original]) == 0
    capsys.readouterr()
    assert main(["bundle", "diff", str(changed)]) == 1
    assert "~ Diagramm: Anfrage lesen, Aufgabe (Name: Anfrage sichten → Anfrage lesen)" in capsys.readouterr().out
    written = tmp_path / "out.zip"
    assert main(["bundle", "export", "enquiry", "-o", str(written)]) == 0
    assert main(["bundle", "diff", str(written)]) == 0
    assert main(["bundle", "deploy", str(changed), "--at-once", "--comment", "Eilt"]) == 0
    assert "enquiry: Fassung 2, Textstand 0, ohne zweite Person" in capsys.readouterr().out
    assert main(["bundle", "migrate", "enquiry", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "2026-0001" in told or "-0001 (Fassung 1" in told
    assert "1 wird umgestellt" in told
    assert "hat begonnen" not in told
    assert main(["bundle", "migrate", "enquiry"]) == 0
    assert "Umstellung 1 hat begonnen" in capsys.readouterr().out


def test_what_is_sent_by_command_waits_for_a_second_person(
    changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with as_system(settings_of(Namespace())) as tx:
        for name in ("owner", "second"):
            people.create(tx, f"{name}@lotse.example", name, roles=["process_owner"], groups=[])
    folder = tmp_path / "message"
    shutil.copytree(ROOT / "bpmn" / "message", folder)
    diagram = folder / "message.bpmn"
    diagram.write_text(diagram.read_text("utf-8").replace("Neue Nachricht lesen", "Nachricht lesen"), "utf-8")
    with pytest.raises(SystemExit):
        main(["bundle", "deploy", str(folder)])
    assert main(["bundle", "deploy", str(folder), "--by", "nobody@lotse.example"]) == 1
    capsys.readouterr()
    assert main(["bundle", "deploy", str(folder), "--by", "owner@lotse.example", "--comment", "Kürzer"]) == 0
    assert "wartet darauf, dass eine zweite Person ihn freigibt" in capsys.readouterr().out
    with as_user(settings_of(Namespace()), "owner@lotse.example") as tx:
        asked = workshop.process(tx, "message").publications[0]
        assert (asked.comment, asked.status, migrations.live(tx, "message")) == ("Kürzer", "submitted", 1)
        assert set(drafts.scenarios_of(tx.session, workshop.draft(tx, asked.draft_id or 0)))
        with pytest.raises(NotAllowed):
            publishing.approve(tx, asked.id, "Ich selbst")
    with as_user(settings_of(Namespace()), "second@lotse.example") as tx:
        assert publishing.approve(tx, asked.id, "Gut").status == "done"
        assert migrations.live(tx, "message") == 2


def test_what_is_put_in_force_alone_says_so_in_the_audit(changed: Path) -> None:
    assert main(["bundle", "deploy", str(changed), "--at-once", "--comment", "Eilt"]) == 0
    with as_system(settings_of(Namespace())) as tx:
        entries = audit.entries(tx.session, "system")
        told = [entry.details for entry in entries if entry.event == "publication.bypassed"]
        assert told == [{"comment": "Eilt"}]


SET_BY_HAND = (
    '<zeebe:ioMapping><zeebe:output source="=&quot;normal&quot;" target="urgency"/>'
    '<zeebe:output source="=[]" target="ways"/></zeebe:ioMapping>'
)
"""What the form of the step had asked for, and later steps read."""


def test_a_case_that_cannot_move_is_told_with_its_reason(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diagram = changed / "enquiry.bpmn"
    told = re.sub(r'(?<!formId=)"triage"', '"by_hand"', diagram.read_text("utf-8"))
    head, _, rest = told.replace(">triage<", ">by_hand<").partition('<bpmn:userTask id="by_hand"')
    rest = rest.replace('<zeebe:formDefinition formId="triage"/>', SET_BY_HAND, 1)
    told = head + '<bpmn:manualTask id="by_hand"' + rest.replace("</bpmn:userTask>", "</bpmn:manualTask>", 1)
    diagram.write_text(told, "utf-8")
    assert main(["bundle", "deploy", str(changed), "--at-once"]) == 0
    assert main(["bundle", "migrate", "enquiry", "--dry-run"]) == 1
    assert "kann nicht umgestellt werden. Der Vorgang wartet bei „Anfrage sichten“" in capsys.readouterr().out


def test_a_renamed_step_finds_its_case_again_by_the_map_of_the_command(
    changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diagram = changed / "enquiry.bpmn"
    told = re.sub(r'(?<!formId=)"triage"', '"sight"', diagram.read_text("utf-8")).replace(">triage<", ">sight<")
    urgent = '<zeebe:formDefinition formId="triage"/>'
    diagram.write_text(told.replace(urgent, f'{urgent}<zeebe:priorityDefinition priority="80"/>', 1), "utf-8")
    assert main(["bundle", "deploy", str(changed), "--at-once"]) == 0
    moving = ["bundle", "migrate", "enquiry", "--dry-run"]
    assert main([*moving, "--map", "triage="]) == 1
    assert "diesen Schritt gibt es nicht mehr" in capsys.readouterr().out
    assert main([*moving, "--map", "triage=sight"]) == 0
    told = capsys.readouterr().out
    assert "Zuordnung: triage → sight" in told
    assert "wird umgestellt. Die wartende Aufgabe richtet sich nach der neuen Fassung: Dringlichkeit." in told


NONSENSE = {
    ("triage",): "„triage“ ist keine Zuordnung. Schreiben Sie ALT=NEU",
    ("=triage",): "„=triage“ ist keine Zuordnung",
    ("triage=a=b",): "„triage=a=b“ ist keine Zuordnung",
    ("triage=way", "triage=other"): "Für „triage“ stehen zwei verschiedene Ziele da",
    ("nothing=triage",): "Kein laufender Vorgang hat in seiner Fassung einen Schritt „nothing“",
    ("triage=nothing",): "hat keinen Schritt „nothing“",
}


def test_a_map_that_makes_no_sense_is_refused_in_a_sentence(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "deploy", str(changed), "--at-once"]) == 0
    for given, said in NONSENSE.items():
        assert main(["bundle", "migrate", "enquiry", *(part for each in given for part in ("--map", each))]) == 1
        told = capsys.readouterr()
        assert said in told.err
        assert "hat begonnen" not in told.out
    with as_system(settings_of(Namespace())) as tx:
        assert not migrations.recent(tx, "enquiry")


def test_what_is_not_there_is_said_in_a_sentence(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "migrate", "nowhere"]) == 1
    assert main(["bundle", "export", "enquiry", "--to", "9"]) == 1
    assert capsys.readouterr().err.startswith("lotse: ")
