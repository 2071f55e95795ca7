"""Dialogs about custody: received, expected to be released, planned for, released, and unlawfully at large."""
