"""Every screen and dialog drawn with fictional data, for the screenshots command and the manual."""
