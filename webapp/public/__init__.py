"""What anybody may see and send."""
