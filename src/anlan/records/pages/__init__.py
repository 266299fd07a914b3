"""Pages of the work records."""
