"""The audit trail for the reviewer."""
