"""The content of printed documents, and what each audience may receive."""
