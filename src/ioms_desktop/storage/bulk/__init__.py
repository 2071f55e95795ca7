"""Inserts many rows at once, and stores many records with all that a single one brings."""
