"""Cases that are worked on outside the shared database: what goes out and what comes back."""
