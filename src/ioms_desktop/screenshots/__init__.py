"""Pictures of every screen and dialog with fictional data, for the command screenshots and the manual."""
