"""A letter as a document."""
