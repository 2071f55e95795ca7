"""Printed documents, and the log of who received them."""
