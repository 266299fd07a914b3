"""Pages of the stewardship."""
