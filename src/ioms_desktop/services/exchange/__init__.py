"""Import and export of exchange files."""
