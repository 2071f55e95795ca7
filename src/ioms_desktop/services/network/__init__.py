"""The network of a person: who of it has a record that the user may open, and what still stands."""
