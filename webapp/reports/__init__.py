"""The figures of the house, for coordination and leadership."""
