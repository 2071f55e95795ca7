"""Published statistics: tables, counts, and what must be suppressed so that nobody can be recognised."""
