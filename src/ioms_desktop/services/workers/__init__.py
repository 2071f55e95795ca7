"""Who works on a case: named, taken over from one case at a time or for all of a leaver."""
