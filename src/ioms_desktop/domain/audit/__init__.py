"""The hash chain of the audit: how entries, seals and epochs are hashed, and how all of it is verified."""
