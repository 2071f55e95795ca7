"""Recording work: one module for each record type, one function for each command."""
