"""IOMS Desktop: the working record of Integrated Offender Management and the Phoenix Programme."""

__version__ = "0.1.0"
