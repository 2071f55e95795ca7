"""One module for each list or report: a query for the ids in order, and one for the rows on screen."""
