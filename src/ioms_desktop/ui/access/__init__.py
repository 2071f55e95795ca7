"""Dialogs about who may know of a case."""
