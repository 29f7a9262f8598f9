"""Findings in decision tables with one obvious answer: quotation marks forgotten, a word nearly one of the choices."""

import re
from collections.abc import Iterator

from workflows.decisions.checks import Finding as TableFinding
from workflows.engine.dialect.xml import Node
from workflows.engine.editing import tree
from workflows.engine.findings import Finding

TABLE_CODES = frozenset({"table_text_without_quotes", "table_never_given"})


def mend_table(xml: bytes, finding: Finding) -> bytes | None:
    """The file with the rule of the finding mended, None where nothing is sure."""
    problem = finding.facts.get("problem")
    if not isinstance(problem, TableFinding):
        return None
    if finding.code == "table_text_without_quotes":
        name = re.escape(problem.facts["name"])
        wrong, right = rf'(?<![\w."]){name}(?![\w".(])', f'"{problem.facts["name"]}"'
    elif problem.facts["near"]:
        wrong, right = re.escape(f'"{problem.facts["text"]}"'), f'"{problem.facts["near"]}"'
    else:
        return None
    root = tree.opened(xml)
    changed = 0
    for cell in _cells(root, problem):
        # Between quotation marks nothing is a name.
        parts = (
            re.split(r'("[^"]*")', cell.text or "") if right[1:-1] == problem.facts.get("name") else [cell.text or ""]
        )
        for index, part in enumerate(parts):
            if len(parts) == 1 or index % 2 == 0:
                parts[index], count = re.subn(wrong, lambda _: right, part)
                changed += count
        cell.text = "".join(parts)
    return tree.written(root) if changed else None


def _cells(root: Node, problem: TableFinding) -> Iterator[Node]:
    """The texts of the rule, conditions and results."""
    for table in root.iter("{*}decisionTable"):
        owner = table.getparent()
        if owner is None or owner.get("name") != problem.facts["decision"]:
            continue
        rules = list(table.iterchildren("{*}rule"))
        for number in problem.rules:
            for entry in rules[number - 1].iterchildren("{*}inputEntry", "{*}outputEntry"):
                yield from entry.iterchildren("{*}text")
