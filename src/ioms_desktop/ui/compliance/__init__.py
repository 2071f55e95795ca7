"""Dialogs about compliance and the statutory status of a case."""
