"""Import and export of CSV and XLSX files, with the position of every error."""
