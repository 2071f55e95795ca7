"""A fictional caseload of both programmes, for demonstrations, training and tests."""
