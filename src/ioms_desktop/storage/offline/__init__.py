"""Cases that are worked on outside the shared database: check-out, check-in and migration to a server."""
