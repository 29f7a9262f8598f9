"""The revisions form one line: each has its own number and follows the one before."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from workflows.migrations import __main__ as command
from workflows.migrations import configuration


def test_revisions_are_numbered_in_one_line() -> None:
    scripts = list(ScriptDirectory.from_config(configuration()).walk_revisions())
    numbers = [script.revision for script in reversed(scripts)]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert [script.down_revision for script in reversed(scripts)] == [None, *numbers[:-1]]


@pytest.mark.parametrize(
    ("given", "code"),
    [(["--help"], 0), (["-h"], 0), ([], 2), ([""], 2), (["--message"], 2), (["a", "b"], 2), ([" - "], 2)],
)
def test_what_says_no_change_makes_no_revision(
    given: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--help`` once became the name of a revision."""
    drafted: list[str] = []
    monkeypatch.setattr(command, "draft", lambda message: drafted.append(message) or Path(message))
    with pytest.raises(SystemExit) as left:
        command.main(given)
    assert (left.value.code, drafted) == (code, [])
    assert "MESSAGE" in "".join(capsys.readouterr())
    assert command.main(["A case has a colour"]) == Path("A case has a colour")
