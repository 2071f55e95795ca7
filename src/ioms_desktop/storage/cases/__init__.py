"""What the rules found on each case, kept beside the records."""
