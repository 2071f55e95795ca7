"""The copy for the person, and the copy for a parent or carer."""
