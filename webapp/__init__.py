"""Everything that speaks HTTP: pages, API, command line. Rules and data live in ``workflows``."""
