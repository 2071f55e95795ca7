"""Dialogs for printing."""
