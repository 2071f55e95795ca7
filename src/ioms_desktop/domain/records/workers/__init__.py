"""Who works on a case, over time, and how workers read."""
