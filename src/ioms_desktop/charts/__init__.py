"""Charts as plain shapes: one layout, painted on screen and in PDFs."""
