"""Work on every case, in shares of some thousand, on up to four cores."""
