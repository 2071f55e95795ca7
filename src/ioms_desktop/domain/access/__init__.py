"""What each role may do, and who may know of a case."""
