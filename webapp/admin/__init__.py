"""Accounts, groups and deputies, for those who look after them."""
