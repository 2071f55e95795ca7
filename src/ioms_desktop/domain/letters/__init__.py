"""Letters: their templates, the fields that fill them, what may not be threatened, and the letter itself."""
