"""Pages of progress calls."""
