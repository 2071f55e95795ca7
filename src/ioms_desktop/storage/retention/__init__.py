"""Retention reviews and disposal."""
