"""The record types that are stored and exchanged, and the code lists their values come from."""
