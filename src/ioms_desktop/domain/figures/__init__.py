"""Published statistics: tables, counts, and the suppression that keeps people from being recognised."""
