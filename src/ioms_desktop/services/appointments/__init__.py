"""The calendar of a worker, and the file that takes it into another calendar program."""
