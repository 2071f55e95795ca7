"""Reading cases: lists, search, Today, one case as of a day."""
