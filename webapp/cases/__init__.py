"""The cases of the coordination office."""
