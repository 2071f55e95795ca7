"""The dated sets of a person: what a form asks of them beyond a file."""
