"""The audit trail: its entries, their seals, and trails that came with a restored file."""
