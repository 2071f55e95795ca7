"""Dialogs about a record of any type: its history, and what is done about a mistake."""
