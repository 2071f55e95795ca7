"""One module for each register or report: index query and window query."""
