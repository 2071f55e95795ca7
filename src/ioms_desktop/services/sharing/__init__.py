"""What is asked before a copy leaves."""
