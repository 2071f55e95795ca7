"""Reviewing what people wrote in their own words before a copy with it leaves."""
