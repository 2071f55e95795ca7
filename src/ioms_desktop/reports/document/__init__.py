"""What a document says, as data: it is turned into a PDF by `layout`."""
