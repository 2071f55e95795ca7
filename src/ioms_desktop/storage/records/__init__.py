"""Reading records: rows to frozen dataclasses, former versions, the search index."""
