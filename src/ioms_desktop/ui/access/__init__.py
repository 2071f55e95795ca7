"""Dialogs about access to a case."""
