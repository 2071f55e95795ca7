"""What users can do: one function for each command or query."""
