"""Dialogs about the people who may sign in."""
