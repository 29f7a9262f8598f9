"""The code lists of the house: its choices with their words in every language."""
