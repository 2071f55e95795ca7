"""The sections of what goes on while a case is worked on."""
