"""How the schema of the database comes about and changes."""
