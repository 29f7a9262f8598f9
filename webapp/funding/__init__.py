"""The calendar of the funding, for those who work on cases."""
