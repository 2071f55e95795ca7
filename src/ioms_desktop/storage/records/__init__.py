"""Reading records: rows to frozen dataclasses, previous versions, the search index."""
