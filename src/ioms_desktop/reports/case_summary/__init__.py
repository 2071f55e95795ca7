"""The case summary on paper."""
