"""Verifying the audit, and the anchors kept outside the database."""
