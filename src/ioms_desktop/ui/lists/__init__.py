"""The one table model and everything a list offers: filters, columns, saved views, export."""
