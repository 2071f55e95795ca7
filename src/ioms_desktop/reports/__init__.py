"""Facts in, PDF bytes out."""
