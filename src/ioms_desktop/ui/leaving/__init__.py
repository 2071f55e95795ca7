"""Dialogs by which a case leaves its programme."""
