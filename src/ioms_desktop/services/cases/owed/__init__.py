"""What Today is made of: the lines in their order, and the work that people give themselves and each other."""
