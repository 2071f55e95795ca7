"""The dialog that sends one command, and what every such dialog shares."""
