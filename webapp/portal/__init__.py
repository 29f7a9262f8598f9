"""What a partner office does from the link in its mail."""
