"""Dialogs: each collects one command."""
