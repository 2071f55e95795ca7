"""What decides whether somebody may open a case."""
