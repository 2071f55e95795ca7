"""Page layout: rows, sections, wrapping, fonts, colours, and the tags that a screen reader follows."""
