"""Text of every script: direction, typefaces, shaped glyphs, and the typefaces in the PDF."""
