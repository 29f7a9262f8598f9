"""BPMN: bundles and versions, the dialect, running instances, their tasks, timers, messages and incidents."""
