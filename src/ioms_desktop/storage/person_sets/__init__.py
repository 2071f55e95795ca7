"""The dated sets of a person, kept equal to the person's columns in every transaction."""
