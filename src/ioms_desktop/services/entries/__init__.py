"""What is checked about an entry before it is saved, whichever command saves it."""
