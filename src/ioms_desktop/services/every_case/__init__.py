"""Work on every case, in shares of some hundred, on every core."""
