"""The partner offices: list, card, changes."""
