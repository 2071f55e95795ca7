"""The file of a document beneath its pages: objects as text, bookmarks, metadata."""
