"""Dialogs of whoever reads the audit."""
