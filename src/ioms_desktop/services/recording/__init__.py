"""Recording what was done: one module a record type, one function an act."""
