"""The tables and views, made from the records' declarations, and the types of their columns."""
