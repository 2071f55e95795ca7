"""How police intelligence is marked; only some roles may know that such a record exists."""

INTELLIGENCE_CONCERN_TYPE = "INTELLIGENCE"
"""The code of a concern that reports intelligence."""
INTELLIGENCE_RULE = "credible_intelligence"
"""The rule that such a concern completes; its triggers, proposals and decisions reveal the concern."""
