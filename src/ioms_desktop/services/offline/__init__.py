"""Checking cases out into an offline file, and checking the file in again."""
