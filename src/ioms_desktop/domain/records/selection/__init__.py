"""How somebody comes onto a programme: the checks before a panel, and what the panel decides."""
