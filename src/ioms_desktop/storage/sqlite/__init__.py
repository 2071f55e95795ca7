"""What is specific to SQLite: local files, their encryption and their keys."""
