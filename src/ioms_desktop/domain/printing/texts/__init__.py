"""What people wrote in their own words, on a copy for a reader outside the office: what is removed from it."""
