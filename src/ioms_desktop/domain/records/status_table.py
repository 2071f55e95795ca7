"""The steps of a case: in which status it begins. Source: practice notes 2.3 (IOM) and 6 (Phoenix)."""

FIRST_STATUS = {"IOM": "REFERRED", "PHOENIX": "POOL"}
"""The status of a new case, by programme."""
