"""The database as a whole: creation, backup, restore, encryption."""
