"""The tasks of the staff and the offices."""
