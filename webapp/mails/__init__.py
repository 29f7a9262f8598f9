"""The outbox: which mails got stuck, and sending them again."""
