"""Documents that are kept on a case."""
