"""How people hear of new tasks."""
