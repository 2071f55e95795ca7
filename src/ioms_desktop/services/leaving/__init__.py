"""How a case leaves a programme, for a time or for good."""
