"""Changing a diagram without drawing: pure functions from XML to XML that keep the drawing in order."""
