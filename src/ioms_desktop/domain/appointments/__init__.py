"""Appointments in a calendar."""
