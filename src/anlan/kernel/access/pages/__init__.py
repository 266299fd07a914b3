"""Pages of the access app."""
