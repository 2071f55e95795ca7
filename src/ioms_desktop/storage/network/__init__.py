"""Queries for the network of people."""
