"""Builds the specs SpiffWorkflow runs from a diagram that was read and found runnable."""

from collections.abc import Mapping

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.engine.dialect.model import Process
from workflows.engine.dialect.specs import EACH, ElementSpec


def build(processes: Mapping[str, Process]) -> dict[str, BpmnProcessSpec]:
    """One spec per process and subprocess.

    They hold no state and nothing changes them after this, so that any number of instances and threads may share them.
    """
    return {key: _spec(process) for key, process in processes.items()}


def _spec(process: Process) -> BpmnProcessSpec:
    spec = BpmnProcessSpec(name=process.id, description=process.name)
    # Only the root's spec is used; the stock end join would collide with elements called "End".
    spec.task_specs.clear()
    for element in process.elements.values():
        ElementSpec(spec, element.id, element)
        if element.loop is not None:
            ElementSpec(spec, element.id + EACH, element, is_iteration=True)
    for flow in process.flows.values():
        spec.task_specs[flow.source].connect(spec.task_specs[flow.target])
    return spec
