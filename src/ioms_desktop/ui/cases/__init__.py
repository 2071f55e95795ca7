"""An open case on screen."""
