"""What papers about several cases, and papers of the office, are drawn from."""
