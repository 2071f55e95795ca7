"""Drawings painted by Qt."""
