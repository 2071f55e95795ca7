"""Commands about the records of a case: what was entered in error, and documents."""
