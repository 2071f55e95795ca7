"""Orders and compliance: the statutory status of a day, and the terms of a recall."""
