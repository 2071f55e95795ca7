"""Dialogs about retention reviews and disposal."""
