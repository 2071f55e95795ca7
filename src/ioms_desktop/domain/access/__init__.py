"""What each role may do, and which users may see which case."""
