"""Search: how names and numbers are normalised, and how queries are parsed."""
