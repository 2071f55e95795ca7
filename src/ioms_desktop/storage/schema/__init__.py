"""The tables and views, generated from the record types, and the types of their columns."""
