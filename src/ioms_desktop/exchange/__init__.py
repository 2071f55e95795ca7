"""CSV and XLSX: rows in, rows out, with places for errors."""
