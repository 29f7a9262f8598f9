"""Everything that speaks HTTP: pages, API, command line."""
