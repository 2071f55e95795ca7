"""The content of documents, encrypted and in chunks."""
