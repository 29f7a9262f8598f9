"""The contact log of the coordination."""
