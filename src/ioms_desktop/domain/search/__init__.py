"""How names and numbers are normalised for searching, and how what is typed is read."""
