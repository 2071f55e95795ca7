"""XLSX workbooks: their parts, the cells of their sheets as they are shown, and what is hidden or merged."""
