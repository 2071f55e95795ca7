"""Dialogs about published figures."""
