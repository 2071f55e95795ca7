"""Records of the plan for a person: goals, whose steps are actions."""
