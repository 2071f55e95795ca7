"""The engagement and escalation policy: rules, triggers, decisions, standards and measures, as pure functions."""
