"""What is asked of the records of every type alike."""
