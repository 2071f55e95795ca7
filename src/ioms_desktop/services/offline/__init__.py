"""Taking cases away into a file, and checking the file in again."""
