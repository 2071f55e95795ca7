"""Papers of the office beside the case summary: an action sheet, a supervisor's review, a disclosure record."""
