"""A database as a whole: migration, backup, integrity, encryption."""
