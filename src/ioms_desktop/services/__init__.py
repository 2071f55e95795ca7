"""What people can do: one function an act."""
