"""The dated sets of a person: what is and was true of them, each entry with its source."""
