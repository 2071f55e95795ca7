"""Documents on paper, and the log of who was given them."""
