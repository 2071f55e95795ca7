"""Drawings as plain shapes: one layout, painted on screen and on paper."""
