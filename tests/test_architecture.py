"""The floor plan holds: imports point down, nothing hides an import, no file loses its one reason to exist."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "service", "services", "misc"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
#: What could ask another machine for something.
OUTWARD = (
    "aiohttp.", "ftplib.", "http.client.", "httpx.", "imaplib.", "poplib.", "pycurl.", "requests.", "smtplib.",
    "socket.", "urllib.request.", "urllib3.", "xmlrpc.",
)  # fmt: skip


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("workflows", "webapp"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts and "versions" not in path.parts:  # revisions are generated
                yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_import_contracts_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_names_say_what_a_file_is_for() -> None:
    vague = [str(path) for path, _ in sources() if FORBIDDEN_NAMES & {path.stem, *path.parent.parts}]
    assert vague == []


def test_files_and_functions_stay_readable() -> None:
    long_files = [
        str(path) for path, _ in sources() if len((ROOT / path).read_text("utf-8").splitlines()) > LONGEST_FILE
    ]
    long_functions = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources()
        for node in functions(tree)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long_files == []
    assert long_functions == []


def test_every_module_and_public_function_says_its_purpose() -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    modules = [str(path) for path, tree in sources() if not ast.get_docstring(tree)]
    assert silent == []
    assert modules == []


def test_no_request_goes_out_but_mail_to_the_server_of_the_settings() -> None:
    """Nothing asks an address, of data or not: no module that could is imported but for mail and the own port."""
    found = {
        str(path)
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        if any(f"{name}.".startswith(OUTWARD) for name in imported(node))
    }
    assert found == {"workflows/core/smtp.py", "webapp/cli/serving.py"}


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The full names of what an import brings."""
    start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [f"{start}{each.name}" for each in node.names]


def test_no_xml_fetches_or_expands_anything() -> None:
    """Every reader of XML refuses entities and the network."""
    readers = [
        {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("XMLParser")
    ]
    assert len(readers) >= 4
    assert all((each.get("resolve_entities"), each.get("no_network")) == ("False", "True") for each in readers)


def test_no_python_evaluation_anywhere() -> None:
    """Nothing in the house calls eval, exec or compile: diagrams only ever reach the expression language."""
    calls = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}
    ]
    assert calls == []
