"""What a printed document says, and what each audience may have of it."""
