"""The dialogs of documents: adding one, looking at one, saving a copy."""
