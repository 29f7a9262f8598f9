"""The verbs of diagrams: what a service task may call."""
