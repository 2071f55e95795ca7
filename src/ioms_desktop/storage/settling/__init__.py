"""What bringing records together at the end of a transaction has in common."""
