"""Custody: reception, the release that is expected, its plan, and the release with what follows it."""
