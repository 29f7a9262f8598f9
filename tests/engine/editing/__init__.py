"""Editing diagrams without drawing."""
