"""The nouns of the office and what may happen to them. Knows nothing of BPMN."""
