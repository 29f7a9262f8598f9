"""The workshop: process owners change diagrams, forms, rules and texts, try them, and publish with a second person."""
