"""Who may know of a case: lists, restriction, conflicts of interest, break-glass access."""
