"""Files of cases: sent as attachments to those who may see the case."""
