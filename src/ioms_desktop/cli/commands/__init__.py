"""The commands, one module a capability; each is declared beside the function that carries it out."""
