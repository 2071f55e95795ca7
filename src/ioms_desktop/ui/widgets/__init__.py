"""Widgets used everywhere."""
