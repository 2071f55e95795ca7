"""Papers beside the summary of one case: packs of them, papers of the office, and papers about no case."""
