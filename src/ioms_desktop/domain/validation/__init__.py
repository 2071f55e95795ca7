"""Checks of a record against the rules of its type and the facts around it."""
