"""User actions: their declarations, and the launcher that opens their dialogs."""
