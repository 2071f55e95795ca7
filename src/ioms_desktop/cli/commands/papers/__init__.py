"""Commands that print papers about several cases, and papers of the office, into the group `print`."""
