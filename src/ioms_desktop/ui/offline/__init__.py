"""Dialogs for taking cases away and checking them in."""
