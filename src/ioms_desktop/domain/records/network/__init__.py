"""The network of a person: whom they are linked to, and the groups that somebody says they are of."""
