"""Small bundles for the tests of definitions and checks."""

import json
from collections.abc import Mapping
from typing import Any

from workflows.engine.bundle import Bundle

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">'
)


def diagram(inside: str, *, shared: str = "", key: str = "sample") -> bytes:
    """A file with one executable process; ``shared`` stands beside it: messages, errors."""
    process = f'<bpmn:process id="{key}" name="Probe" isExecutable="true">{inside}</bpmn:process>'
    return f"{HEAD}{shared}{process}</bpmn:definitions>".encode()


def flows(*pairs: str) -> str:
    """Flows written ``a>b``; ids are ``a_b``."""
    return "".join(
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
        for source, target in (pair.split(">") for pair in pairs)
    )


def node(kind: str, identity: str, inside: str = "", **attributes: str) -> str:
    """One BPMN element."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{kind} id="{identity}"{given}>{inside}</bpmn:{kind}>'


def extended(inside: str) -> str:
    """Extension elements."""
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def user_task(identity: str, form: str = "answer", group: str = "=&quot;group:coordination&quot;") -> str:
    """A user task with form and group."""
    extensions = f'<zeebe:formDefinition formId="{form}"/><zeebe:assignmentDefinition candidateGroups="{group}"/>'
    return node("userTask", identity, extended(extensions), name="Antworten")


def form(form_id: str = "answer", *components: Mapping[str, Any]) -> bytes:
    """A form file."""
    fields = components or ({"type": "textfield", "key": "answer", "label": "Antwort"},)
    return json.dumps({"id": form_id, "components": fields}).encode()


STRAIGHT = node("startEvent", "begin") + user_task("ask") + node("endEvent", "done") + flows("begin>ask", "ask>done")


def bundle(files: Mapping[str, bytes] | None = None, inside: str = STRAIGHT, **more: Any) -> Bundle:
    """A bundle ``sample`` that passes all checks unless told otherwise."""
    given = {"sample.bpmn": diagram(inside, **more), "answer.form": form(), **(files or {})}
    return Bundle("sample", dict(sorted(given.items())))
