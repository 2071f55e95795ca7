"""Keeps the workers of a case and the columns that name the current ones equal."""
