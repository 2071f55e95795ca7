"""Dialogs that record what was done on a case."""
