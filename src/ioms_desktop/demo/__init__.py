"""A fictional caseload of both programmes, for trying the product and for tests."""
