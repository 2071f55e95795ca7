"""The dialogs in which workers are named and taken over from."""
