"""What is read of a case on its screen: the page, and the pane in which an entry is read in place."""
