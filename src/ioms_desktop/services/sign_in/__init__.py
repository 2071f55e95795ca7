"""Signing in, changing a password, and the reference data a session starts with."""
