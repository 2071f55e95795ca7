"""From a first referral to an adopted case: new people, new cases and the steps of a case."""
