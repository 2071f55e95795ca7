"""How a page is laid out: rows, sections, wrapping, fonts, colours and the tags a screen reader follows."""
