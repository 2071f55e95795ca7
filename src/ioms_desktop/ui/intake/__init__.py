"""Dialogs from a first referral to an adopted case."""
