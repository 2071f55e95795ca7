"""How a case leaves a programme, for a time or for good, and how a step that was a mistake is taken back."""
