"""Papers about several cases, which leave as one file."""
