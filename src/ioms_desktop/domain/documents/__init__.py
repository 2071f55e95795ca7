"""What files are kept as documents: which kinds, how large, and what each may not contain."""
