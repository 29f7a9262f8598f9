"""Measurements of the whole house, with the raw limit beside each; never part of an installation."""
