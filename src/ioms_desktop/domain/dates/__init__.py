"""Working days, bank holidays, quarters, and days with or without a time."""
