"""Orders, licence and recall: compliance steps with what follows them, and the statutory status of a case."""
