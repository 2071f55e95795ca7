"""Dialogs for what goes on while a case is worked on: actions given and moved, support funded."""
