"""What is owed on a case: the work that Today lists, and that the first section of a case summary names."""
