"""What a user has read of a case, and what is new to them."""
