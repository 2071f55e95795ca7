"""Proving the audit trail, and the anchors kept outside the database."""
