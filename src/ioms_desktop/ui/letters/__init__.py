"""The dialog that writes a letter, and its pages before it leaves."""
