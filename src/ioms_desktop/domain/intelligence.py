"""What marks a record as police intelligence, which only some roles may know of."""

INTELLIGENCE_CONCERN_TYPE = "INTELLIGENCE"
"""The code of a concern that reports intelligence."""
INTELLIGENCE_RULE = "credible_intelligence"
"""The rule that such a concern completes; its triggers, proposals and decisions reveal the concern."""
