"""What forms ask for about the network of a person."""
